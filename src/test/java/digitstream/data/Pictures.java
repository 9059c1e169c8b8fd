package digitstream.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** Pictures of digits in the forms that cameras and drawing programs write. */
public final class Pictures {
    /** The shades of a "7" on black that is not symmetric in any way: 40 by 40 pixels with a margin. */
    private static final int SIDE = 40;

    private Pictures() {}

    /** Returns how much ink a "7" has at a point, 0 to 255. Its edges are soft. */
    public static int ink(double x, double y) {
        boolean bar = y > 0.2 && y < 0.3 && x > 0.25 && x < 0.75;
        boolean stem = y >= 0.3 && y < 0.8 && Math.abs(x - (0.70 - 0.35 * (y - 0.3) / 0.5)) < 0.05;
        return bar || stem ? 255 : 0;
    }

    /** A "7" in one shade on another. */
    public static BufferedImage grey(int width, int height, int paper, int ink) {
        BufferedImage picture = new BufferedImage(width, height, BufferedImage.TYPE_BYTE_GRAY);
        WritableRaster raster = picture.getRaster();
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int mixed = paper + (ink - paper) * ink((x + 0.5) / width, (y + 0.5) / height) / 255;
                raster.setSample(x, y, 0, mixed);
            }
        }
        return picture;
    }

    public static BufferedImage grey(int paper, int ink) {
        return grey(SIDE, SIDE, paper, ink);
    }

    /** The same picture with another kind of pixels; converted by value and not by colour. */
    public static BufferedImage as(BufferedImage grey, int type) {
        BufferedImage picture = new BufferedImage(grey.getWidth(), grey.getHeight(), type);
        for (int y = 0; y < grey.getHeight(); y++) {
            for (int x = 0; x < grey.getWidth(); x++) {
                int shade = grey.getRaster().getSample(x, y, 0);
                picture.setRGB(x, y, 0xff000000 | shade * 0x010101);
            }
        }
        return picture;
    }

    /** Stores a picture so that a viewer that turns it by the orientation shows it upright. */
    public static BufferedImage stored(BufferedImage upright, int orientation) {
        boolean sideways = orientation >= 5;
        int width = sideways ? upright.getHeight() : upright.getWidth();
        int height = sideways ? upright.getWidth() : upright.getHeight();
        BufferedImage picture = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < upright.getHeight(); y++) {
            for (int x = 0; x < upright.getWidth(); x++) {
                int right = width - 1;
                int bottom = height - 1;
                // The corner of the stored picture at which the visual row 0 and column 0 begin, as EXIF 2.3 defines
                // them.
                int[] at =
                        switch (orientation) {
                            case 2 -> new int[] {right - x, y};
                            case 3 -> new int[] {right - x, bottom - y};
                            case 4 -> new int[] {x, bottom - y};
                            case 5 -> new int[] {y, x};
                            case 6 -> new int[] {y, bottom - x};
                            case 7 -> new int[] {right - y, bottom - x};
                            case 8 -> new int[] {right - y, x};
                            default -> new int[] {x, y};
                        };
                picture.setRGB(at[0], at[1], upright.getRGB(x, y));
            }
        }
        return picture;
    }

    public static byte[] bytes(BufferedImage picture, String format) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        assertThat(ImageIO.write(picture, format, out)).isTrue();
        return out.toByteArray();
    }

    /** An interlaced PNG, or a progressive JPEG. */
    public static byte[] interlaced(BufferedImage picture, String format) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ImageWriter writer = ImageIO.getImageWritersByFormatName(format).next();
        try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
            ImageWriteParam param = writer.getDefaultWriteParam();
            param.setProgressiveMode(ImageWriteParam.MODE_DEFAULT);
            writer.setOutput(out);
            writer.write(null, new IIOImage(picture, null, null), param);
        } finally {
            writer.dispose();
        }
        return bytes.toByteArray();
    }

    /** Puts EXIF data with an orientation into a JPEG, behind its first marker. */
    public static byte[] withOrientation(byte[] jpeg, int orientation) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        byte[] exif = exif(orientation);
        out.write(jpeg, 0, 2);
        out.writeShort(0xffe1);
        out.writeShort(2 + 6 + exif.length);
        out.write("Exif\0\0".getBytes(StandardCharsets.ISO_8859_1));
        out.write(exif);
        out.write(jpeg, 2, jpeg.length - 2);
        return bytes.toByteArray();
    }

    /** A TIFF header and a directory with one entry. */
    public static byte[] exif(int orientation) {
        return ByteBuffer.allocate(26)
                .put("MM".getBytes(StandardCharsets.ISO_8859_1))
                .putShort((short) 42)
                .putInt(8)
                .putShort((short) 1)
                .putShort((short) 0x0112)
                .putShort((short) 3)
                .putInt(1)
                .putShort((short) orientation)
                .putShort((short) 0)
                .putInt(0)
                .array();
    }

    /** Inserts a chunk into a PNG, behind the header that is its first one. */
    public static byte[] withChunk(byte[] png, String type, byte[] content) throws IOException {
        return withChunk(png, 8 + 12 + 13, type, content);
    }

    /** Inserts a chunk into a PNG, behind its pixels. */
    public static byte[] withLastChunk(byte[] png, String type, byte[] content) throws IOException {
        return withChunk(png, png.length - 12, type, content);
    }

    private static byte[] withChunk(byte[] png, int at, String type, byte[] content) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.write(png, 0, at);
        out.writeInt(content.length);
        byte[] name = type.getBytes(StandardCharsets.ISO_8859_1);
        out.write(name);
        out.write(content);
        CRC32 sum = new CRC32();
        sum.update(name);
        sum.update(content);
        out.writeInt((int) sum.getValue());
        out.write(png, at, png.length - at);
        return bytes.toByteArray();
    }

    /** A PNG that declares another size than it has. */
    public static byte[] withSize(byte[] png, int width, int height) {
        byte[] changed = png.clone();
        ByteBuffer header = ByteBuffer.wrap(changed);
        header.putInt(16, width).putInt(20, height);
        CRC32 sum = new CRC32();
        sum.update(changed, 12, 17);
        header.putInt(29, (int) sum.getValue());
        return changed;
    }

    /** A JPEG with four components whose samples are those of a raster, with Adobe's marker or without. */
    public static byte[] fourComponents(Raster raster, Integer adobeTransform) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
        try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
            writer.setOutput(out);
            writer.write(new IIOImage(raster, null, null));
        } finally {
            writer.dispose();
        }
        byte[] jpeg = bytes.toByteArray();
        if (adobeTransform == null) {
            return jpeg;
        }
        ByteArrayOutputStream marked = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(marked);
        out.write(jpeg, 0, 2);
        out.writeShort(0xffee);
        out.writeShort(14);
        out.write("Adobe".getBytes(StandardCharsets.ISO_8859_1));
        out.writeShort(100);
        out.writeShort(0);
        out.writeShort(0);
        out.writeByte(adobeTransform);
        out.write(jpeg, 2, jpeg.length - 2);
        return marked.toByteArray();
    }

    /** Writes a file, and the folders above it. */
    public static Path write(Path file, byte[] content) throws IOException {
        Files.createDirectories(file.getParent());
        return Files.write(file, content);
    }
}
