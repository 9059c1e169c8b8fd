package digitstream.data.pictures;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import digitstream.data.CentredDigit;
import digitstream.data.Pictures;
import java.awt.Color;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.zip.DeflaterOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PictureReaderTest {
    private static final int BLACK = 0;
    private static final int WHITE = 255;
    /** The digit as it comes out of a plain picture with white ink on black. */
    private static final byte[] EXPECTED =
            CentredDigit.of(Pictures.grey(BLACK, WHITE)).orElseThrow();

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
    void turnsAPhotoAsItsOrientationSays(int orientation) throws IOException {
        BufferedImage upright = Pictures.grey(50, 60, WHITE, BLACK);
        byte[] jpeg = Pictures.bytes(Pictures.stored(upright, orientation), "jpeg");
        byte[] png = Pictures.bytes(Pictures.stored(upright, orientation), "png");
        byte[] expected = CentredDigit.of(upright).orElseThrow();
        assertClose(read(Pictures.withOrientation(jpeg, orientation)), expected, 12);
        assertClose(read(Pictures.withChunk(png, "eXIf", Pictures.exif(orientation))), expected, 0.5);
    }

    @Test
    void turnsAPngWhoseOrientationIsBehindItsPixelsOrInText() throws IOException {
        BufferedImage upright = Pictures.grey(50, 60, WHITE, BLACK);
        byte[] png = Pictures.bytes(Pictures.stored(upright, 6), "png");
        byte[] expected = CentredDigit.of(upright).orElseThrow();
        byte[] exif = Pictures.exif(6);
        assertClose(read(Pictures.withLastChunk(png, "eXIf", exif)), expected, 0.5);
        String digits = HexFormat.of().formatHex("Exif\0\0".getBytes(ISO_8859_1))
                + HexFormat.of().formatHex(exif);
        byte[] text = ("\nexif\n      32\n" + digits.substring(0, 30) + "\n" + digits.substring(30) + "\n")
                .getBytes(ISO_8859_1);
        byte[] plain = bytes("Raw profile type exif\0", text);
        ByteArrayOutputStream deflated = new ByteArrayOutputStream();
        try (DeflaterOutputStream out = new DeflaterOutputStream(deflated)) {
            out.write(text);
        }
        byte[] compressed = bytes("Raw profile type APP1\0\0", deflated.toByteArray());
        assertClose(read(Pictures.withChunk(png, "tEXt", plain)), expected, 0.5);
        assertClose(read(Pictures.withLastChunk(png, "zTXt", compressed)), expected, 0.5);
        byte[] damaged = bytes("Raw profile type exif\0\0", new byte[] {1, 2, 3});
        assertClose(read(Pictures.withChunk(Pictures.bytes(upright, "png"), "zTXt", damaged)), expected, 0.5);
    }

    private static byte[] bytes(String start, byte[] rest) {
        byte[] head = start.getBytes(ISO_8859_1);
        byte[] all = Arrays.copyOf(head, head.length + rest.length);
        System.arraycopy(rest, 0, all, head.length, rest.length);
        return all;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 9, 65535})
    void leavesAPhotoWithAnUnknownOrientationAsItIs(int orientation) throws IOException {
        BufferedImage upright = Pictures.grey(50, 60, WHITE, BLACK);
        byte[] jpeg = Pictures.withOrientation(Pictures.bytes(upright, "jpeg"), orientation);
        assertClose(read(jpeg), CentredDigit.of(upright).orElseThrow(), 12);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 60, 128, 200, 255})
    void composesInkOnTransparencyWithTheOppositeShade(int shade) throws IOException {
        BufferedImage grey = Pictures.grey(BLACK, WHITE);
        BufferedImage picture = new BufferedImage(40, 40, BufferedImage.TYPE_INT_ARGB);
        for (int y = 0; y < 40; y++) {
            for (int x = 0; x < 40; x++) {
                int alpha = grey.getRaster().getSample(x, y, 0);
                picture.setRGB(x, y, alpha << 24 | shade * 0x010101);
            }
        }
        assertClose(read(Pictures.bytes(picture, "png")), EXPECTED, 0.5);
    }

    @Test
    void composesInkOnlyWhoseEdgesAreDark() throws IOException {
        // As programs write it that put the same values into grey and alpha.
        BufferedImage picture = greyAlpha(8);
        fill(picture, shade -> new int[] {shade, shade});
        assertClose(read(Pictures.bytes(picture, "png")), EXPECTED, 0.5);
    }

    @Test
    void takesAnOpaqueSheetWithTransparentCornersAsPaper() throws IOException {
        BufferedImage picture = Pictures.as(Pictures.grey(WHITE, BLACK), BufferedImage.TYPE_INT_ARGB);
        for (int i = 0; i < 6; i++) {
            for (int j = 0; j < 40; j++) {
                picture.setRGB(i, j, 0);
                picture.setRGB(j, 39 - i, 0);
            }
        }
        assertClose(read(Pictures.bytes(picture, "png")), EXPECTED, 0.5);
    }

    @Test
    void readsAGreyPictureWithATransparentColor() throws IOException {
        byte[] whiteInk = Pictures.bytes(Pictures.grey(BLACK, WHITE), "png");
        byte[] blackInk = Pictures.bytes(Pictures.grey(WHITE, BLACK), "png");
        byte[] transparentBlack = {0, 0};
        byte[] transparentWhite = {0, (byte) 255};
        assertClose(read(Pictures.withChunk(whiteInk, "tRNS", transparentBlack)), EXPECTED, 0.5);
        assertClose(read(Pictures.withChunk(blackInk, "tRNS", transparentWhite)), EXPECTED, 0.5);
        // The ink is the hole.
        assertClose(read(Pictures.withChunk(blackInk, "tRNS", transparentBlack)), EXPECTED, 0.5);
        byte[] rgb = Pictures.bytes(Pictures.as(Pictures.grey(BLACK, WHITE), BufferedImage.TYPE_INT_RGB), "png");
        assertClose(read(Pictures.withChunk(rgb, "tRNS", new byte[6])), EXPECTED, 0.5);
    }

    @Test
    void readsAPaletteWithATransparentEntry() throws IOException {
        for (int transparent : new int[] {0, 1}) {
            byte[] shades = {0, (byte) 255};
            BufferedImage picture = new BufferedImage(
                    40,
                    40,
                    BufferedImage.TYPE_BYTE_INDEXED,
                    new IndexColorModel(8, 2, shades, shades, shades, transparent));
            BufferedImage grey = Pictures.grey(BLACK, WHITE);
            for (int y = 0; y < 40; y++) {
                for (int x = 0; x < 40; x++) {
                    picture.getRaster().setSample(x, y, 0, grey.getRaster().getSample(x, y, 0) / 255);
                }
            }
            assertClose(read(Pictures.bytes(picture, "png")), EXPECTED, 0.5);
            assertClose(read(Pictures.bytes(picture, "gif")), EXPECTED, 0.5);
        }
    }

    /** MNIST's own images have all shades; a conversion with another gamma would change most of them. */
    @Test
    void readsTheSameShadesFromEachKindOfPixels() throws IOException {
        BufferedImage grey = new BufferedImage(28, 28, BufferedImage.TYPE_BYTE_GRAY);
        WritableRaster raster = grey.getRaster();
        for (int i = 0; i < 784; i++) {
            raster.setSample(i % 28, i / 28, 0, i % 256);
        }
        byte[] expected = Shades.of(grey).shades();
        assertThat(expected[200]).isEqualTo((byte) 200);

        BufferedImage deep = new BufferedImage(28, 28, BufferedImage.TYPE_USHORT_GRAY);
        WritableRaster colors = Raster.createInterleavedRaster(DataBuffer.TYPE_USHORT, 28, 28, 3, null);
        BufferedImage deepColors = new BufferedImage(
                new ComponentColorModel(
                        ColorSpace.getInstance(ColorSpace.CS_sRGB), false, false, 1, DataBuffer.TYPE_USHORT),
                colors,
                false,
                null);
        for (int i = 0; i < 784; i++) {
            int shade = i % 256 * 257;
            deep.getRaster().setSample(i % 28, i / 28, 0, shade);
            colors.setPixel(i % 28, i / 28, new int[] {shade, shade, shade});
        }
        BufferedImage alpha = greyAlpha(8);
        BufferedImage deepAlpha = greyAlpha(16);
        for (int i = 0; i < 784; i++) {
            alpha.getRaster().setPixel(i % 28, i / 28, new int[] {i % 256, 255});
            deepAlpha.getRaster().setPixel(i % 28, i / 28, new int[] {i % 256 * 257, 65535});
        }
        for (BufferedImage twin : List.of(
                deep,
                deepColors,
                alpha.getSubimage(0, 0, 28, 28),
                deepAlpha.getSubimage(0, 0, 28, 28),
                Pictures.as(grey, BufferedImage.TYPE_INT_RGB),
                Pictures.as(grey, BufferedImage.TYPE_4BYTE_ABGR))) {
            Path file = Pictures.write(folder.resolve("twin.png"), Pictures.bytes(twin, "png"));
            byte[] shades = PictureReader.read(file, decoded -> ((Decoded.Picture) decoded).shades());
            for (int i = 0; i < 784; i++) {
                assertThat(shades[i] & 0xff).as("pixel " + i + " of " + twin).isBetween(i % 256 - 1, i % 256 + 1);
            }
        }
    }

    @Test
    void readsPrintersColors() throws IOException {
        BufferedImage blackInk = Pictures.grey(WHITE, BLACK);
        WritableRaster plain = Raster.createInterleavedRaster(DataBuffer.TYPE_BYTE, 40, 40, 4, null);
        WritableRaster inverted = Raster.createInterleavedRaster(DataBuffer.TYPE_BYTE, 40, 40, 4, null);
        WritableRaster ycck = Raster.createInterleavedRaster(DataBuffer.TYPE_BYTE, 40, 40, 4, null);
        for (int y = 0; y < 40; y++) {
            for (int x = 0; x < 40; x++) {
                int light = blackInk.getRaster().getSample(x, y, 0);
                plain.setPixel(x, y, new int[] {0, 0, 0, 255 - light});
                inverted.setPixel(x, y, new int[] {light, light, light, 255});
                ycck.setPixel(x, y, new int[] {255 - light, 128, 128, 255});
            }
        }
        assertClose(read(Pictures.fourComponents(plain, null)), EXPECTED, 12);
        assertClose(read(Pictures.fourComponents(inverted, 0)), EXPECTED, 12);
        assertClose(read(Pictures.fourComponents(ycck, 2)), EXPECTED, 12);
    }

    @Test
    void readsAJpegWithExtraBytes() throws IOException {
        byte[] jpeg = Pictures.bytes(Pictures.grey(WHITE, BLACK), "jpeg");
        byte[] behind = Arrays.copyOf(jpeg, jpeg.length + 1_000);
        assertClose(read(behind), EXPECTED, 12);
        // Between two segments, and before the end marker: Java warns of both.
        for (int at : new int[] {2, 20, jpeg.length - 2}) {
            assertClose(read(withExtraBytes(jpeg, at)), EXPECTED, 12);
        }
        // What follows them counts.
        byte[] turned = Pictures.bytes(Pictures.stored(Pictures.grey(WHITE, BLACK), 3), "jpeg");
        assertClose(read(withExtraBytes(Pictures.withOrientation(turned, 3), 2)), EXPECTED, 12);
    }

    private static byte[] withExtraBytes(byte[] jpeg, int at) {
        ByteArrayOutputStream more = new ByteArrayOutputStream();
        more.write(jpeg, 0, at);
        more.writeBytes(new byte[] {1, 2, 3, 4, 5});
        more.write(jpeg, at, jpeg.length - at);
        return more.toByteArray();
    }

    @Test
    void saysWhyAFileIsNoPicture() throws IOException {
        byte[] jpeg = Pictures.bytes(Pictures.grey(WHITE, BLACK), "jpeg");
        byte[] png = Pictures.bytes(Pictures.grey(WHITE, BLACK), "png");
        assertThat(reason(new byte[0])).startsWith("is empty");
        assertThat(reason(new byte[] {9, 9, 9, 9})).startsWith("is not a PNG or JPEG picture");
        assertThat(reason(Arrays.copyOf(jpeg, jpeg.length * 2 / 3))).startsWith("is truncated or damaged");
        assertThat(reason(Arrays.copyOf(jpeg, 20))).startsWith("is truncated or damaged");
        assertThat(reason(Arrays.copyOf(png, png.length * 2 / 3))).startsWith("is truncated or damaged");
        assertThat(reason(Arrays.copyOf(png, 30))).startsWith("is truncated or damaged");
        assertThat(reason("<!DOCTYPE html><html>404".getBytes(UTF_8))).startsWith("is an HTML page");
        assertThat(reason("\0\0\0\30ftypheic".getBytes(UTF_8))).startsWith("is a HEIC picture; convert it");
        String ofFolder = PictureReader.read(folder, decoded -> ((Decoded.Unusable) decoded).reason());
        assertThat(ofFolder).isEqualTo("is a folder, not a file");
    }

    @Test
    void refusesAPictureThatDeclaresAHugeSize() throws IOException {
        byte[] png = Pictures.bytes(Pictures.grey(WHITE, BLACK), "png");
        assertThat(reason(Pictures.withSize(png, 60_000, 60_000)))
                .startsWith("is 60000 by 60000 pixels; the limit is 268");
        assertThat(reason(Pictures.withSize(png, 1_000_000, 1))).startsWith("is 1000000 by 1 pixels");
        byte[] chunk = Pictures.withChunk(png, "tRNS", new byte[2]);
        ByteBuffer.wrap(chunk).putInt(33, Integer.MAX_VALUE);
        assertThat(reason(chunk)).startsWith("is truncated or damaged");
    }

    @Test
    void readsALargePhotoInTheShapeOfASmallOne() throws IOException {
        BufferedImage photo = new BufferedImage(6_000, 4_000, BufferedImage.TYPE_BYTE_GRAY);
        BufferedImage small = Pictures.grey(300, 200, 230, 40);
        for (int y = 0; y < 4_000; y++) {
            for (int x = 0; x < 6_000; x++) {
                photo.getRaster().setSample(x, y, 0, small.getRaster().getSample(x / 20, y / 20, 0));
            }
        }
        Path file = Pictures.write(folder.resolve("photo.jpg"), Pictures.bytes(photo, "jpeg"));
        Decoded.Picture read = PictureReader.read(file, decoded -> (Decoded.Picture) decoded);
        assertThat(read.width() * read.height()).isLessThanOrEqualTo((int) PictureReader.MAX_DECODED_PIXELS);
        assertThat(read.width()).isEqualTo(2_000);
        assertClose(CentredDigit.of(read).orElseThrow(), CentredDigit.of(small).orElseThrow(), 12);
    }

    /** Interlaced and progressive files are thinned out too, and so are the other formats. */
    @Test
    void readsLargePicturesOfEachKind() throws IOException {
        BufferedImage large = Pictures.as(Pictures.grey(2_400, 1_800, 230, 40), BufferedImage.TYPE_3BYTE_BGR);
        byte[] expected = CentredDigit.of(Pictures.grey(2_400, 1_800, 230, 40)).orElseThrow();
        for (byte[] file : List.of(
                Pictures.interlaced(large, "png"),
                Pictures.bytes(large, "png"),
                Pictures.interlaced(large, "jpeg"),
                Pictures.bytes(
                        Pictures.as(Pictures.grey(2_400, 1_800, 230, 40), BufferedImage.TYPE_BYTE_INDEXED), "gif"),
                Pictures.bytes(large, "bmp"))) {
            Decoded.Picture picture = PictureReader.read(
                    Pictures.write(folder.resolve("large"), file), decoded -> (Decoded.Picture) decoded);
            assertThat(picture.width()).isEqualTo(1_200);
            assertClose(CentredDigit.of(picture).orElseThrow(), expected, 12);
        }
    }

    @Test
    void findsNoInkInTheNoiseOfABlankPage() throws IOException {
        BufferedImage page = Pictures.grey(100, 100, 240, 240);
        Random random = new Random(1);
        for (int i = 0; i < 10_000; i++) {
            page.getRaster().setSample(i % 100, i / 100, 0, 234 + random.nextInt(12));
        }
        assertThat(CentredDigit.of(page)).isEmpty();
    }

    @Test
    void takesNoMoreMemoryAtATimeThanItsBudget() {
        MemoryBudget budget = new MemoryBudget(100 << 20);
        AtomicInteger inUse = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        IntStream.range(0, 64).parallel().forEach(i -> {
            try (MemoryBudget.Share share = budget.new Share()) {
                share.take(40 << 20);
                most.accumulateAndGet(inUse.incrementAndGet(), Math::max);
                inUse.decrementAndGet();
            }
        });
        assertThat(most.get()).isBetween(1, 2);
        try (MemoryBudget.Share share = budget.new Share()) {
            share.take(1L << 40);
        }
    }

    private interface Samples {
        int[] of(int shade);
    }

    private static void fill(BufferedImage picture, Samples samples) {
        BufferedImage grey = Pictures.grey(BLACK, WHITE);
        for (int y = 0; y < 40; y++) {
            for (int x = 0; x < 40; x++) {
                int shade = grey.getRaster().getSample(x, y, 0);
                picture.getRaster().setPixel(x, y, samples.of(shade));
            }
        }
    }

    private static BufferedImage greyAlpha(int bits) {
        int type = bits == 8 ? DataBuffer.TYPE_BYTE : DataBuffer.TYPE_USHORT;
        ComponentColorModel model = new ComponentColorModel(
                ColorSpace.getInstance(ColorSpace.CS_GRAY), true, false, Color.TRANSLUCENT, type);
        return new BufferedImage(model, Raster.createInterleavedRaster(type, 40, 40, 2, null), false, null);
    }

    private byte[] read(byte[] content) throws IOException {
        Path file = Pictures.write(folder.resolve("picture"), content);
        return PictureReader.read(file, decoded -> {
            assertThat(decoded).isInstanceOf(Decoded.Picture.class);
            return CentredDigit.of((Decoded.Picture) decoded).orElse(new byte[784]);
        });
    }

    private String reason(byte[] content) throws IOException {
        Path file = Pictures.write(folder.resolve("picture"), content);
        return PictureReader.read(file, decoded -> ((Decoded.Unusable) decoded).reason());
    }

    private static void assertClose(byte[] actual, byte[] expected, double meanDifference) {
        double sum = 0;
        for (int i = 0; i < actual.length; i++) {
            sum += Math.abs((actual[i] & 0xff) - (expected[i] & 0xff));
        }
        assertThat(sum / actual.length).isLessThan(meanDifference);
    }
}
