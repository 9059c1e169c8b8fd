package digitstream.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.OptionalInt;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageFolderReaderTest {
    @TempDir
    private Path folder;

    @Test
    void readsPicturesOfAnySizeColorAndFormat() throws IOException {
        write("1/ink-on-paper.png", bar(200, 300, Color.WHITE, Color.BLACK, BufferedImage.TYPE_INT_RGB), "png");
        write("1/chalk-on-slate.png", bar(60, 40, Color.BLACK, Color.WHITE, BufferedImage.TYPE_BYTE_GRAY), "png");
        write("1/photo.jpg", bar(400, 400, new Color(200, 190, 180), Color.BLUE, BufferedImage.TYPE_INT_RGB), "jpg");
        write("1/transparent.png", bar(90, 90, new Color(0, true), Color.BLACK, BufferedImage.TYPE_INT_ARGB), "png");
        write("1/tiny.PNG", bar(9, 9, Color.WHITE, Color.BLACK, BufferedImage.TYPE_BYTE_GRAY), "png");
        for (int i = 0; i < 2; i++) {
            write("7/more" + i + ".png", bar(28, 28, Color.BLACK, Color.WHITE, BufferedImage.TYPE_BYTE_GRAY), "png");
        }
        Files.writeString(folder.resolve("1/notes.txt"), "no picture");

        DigitData data = reader().read(folder);

        assertThat(data.training().size()).isEqualTo(6);
        assertThat(data.test().size()).isEqualTo(1);
        LabelledImages all = data.all();
        for (int i = 0; i < all.size(); i++) {
            byte[] pixels = all.pixels(i);
            assertThat(ink(pixels, 14, 14)).as("the middle of image " + i).isGreaterThan(200);
            assertThat(ink(pixels, 1, 14)).as("the edge of image " + i).isLessThan(30);
            assertThat(rowsWithInk(pixels)).as("the height of image " + i).isBetween(18, 22);
        }
        assertThat(all.labels()).containsExactly(1, 1, 1, 1, 1, 7, 7);
    }

    @Test
    void readsTrainAndTestFolders() throws IOException {
        BufferedImage picture = bar(50, 50, Color.WHITE, Color.BLACK, BufferedImage.TYPE_BYTE_GRAY);
        write("train/1/a.png", picture, "png");
        write("train/2/b.png", picture, "png");
        write("test/3/c.png", picture, "png");
        DigitData data = reader().read(folder);
        assertThat(data.training().labels()).containsExactly(1, 2);
        assertThat(data.test().labels()).containsExactly(3);
    }

    /** Pictures that are already normalised, such as MNIST's own images, stay unchanged. */
    @Test
    void leavesMnistUnchanged() throws IOException {
        String mnist = System.getenv(DigitSources.ENVIRONMENT_VARIABLE);
        assumeTrue(mnist != null, "DIGITSTREAM_DATA is not set: there are no real digits here");
        LabelledImages digits = new IdxReader().read(Path.of(mnist)).test().slice(0, 200);
        for (int i = 0; i < digits.size(); i++) {
            BufferedImage picture = new BufferedImage(28, 28, BufferedImage.TYPE_BYTE_GRAY);
            picture.getRaster().setDataElements(0, 0, 28, 28, digits.pixels(i));
            write(digits.label(i) + "/" + i + ".png", picture, "png");
            BufferedImage negative = new BufferedImage(280, 280, BufferedImage.TYPE_INT_RGB);
            Graphics2D graphics = negative.createGraphics();
            graphics.drawImage(picture, 0, 0, 280, 280, null);
            graphics.dispose();
            assertThat(CentredDigit.of(picture)).as("image " + i).hasValue(digits.pixels(i));
            // Enlarged ten times, it comes back nearly the same.
            byte[] again = CentredDigit.of(negative).orElseThrow();
            assertThat(meanDifference(again, digits.pixels(i))).as("image " + i).isLessThan(25);
        }
        assertThat(reader().read(folder).all().size()).isEqualTo(200);
    }

    @Test
    void rejectsATruncatedPictureAndOtherFiles() throws IOException {
        BufferedImage picture = bar(100, 100, Color.WHITE, Color.BLACK, BufferedImage.TYPE_INT_RGB);
        for (String format : new String[] {"png", "jpg"}) {
            byte[] good = bytes(picture, format);
            rejects("1/cut." + format, Arrays.copyOf(good, good.length * 2 / 3), "is truncated or damaged");
            rejects("1/empty." + format, new byte[0], "is empty");
            rejects("1/text." + format, new byte[] {9, 9, 9, 9}, "is not a PNG or JPEG picture");
        }
    }

    @Test
    void rejectsAPictureThatDeclaresAHugeSize() throws IOException {
        byte[] png = bytes(bar(100, 100, Color.WHITE, Color.BLACK, BufferedImage.TYPE_INT_RGB), "png");
        ByteBuffer header = ByteBuffer.wrap(png);
        header.putInt(16, 60_000).putInt(20, 60_000);
        CRC32 sum = new CRC32();
        sum.update(png, 12, 17);
        header.putInt(29, (int) sum.getValue());
        rejects("1/bomb.png", png, "is 60000 by 60000 pixels; the limit is 268 million pixels");
    }

    @Test
    void rejectsABlankPictureAndAnEmptyFolder() throws IOException {
        rejects(
                "1/blank.png",
                bytes(bar(30, 30, Color.WHITE, Color.WHITE, BufferedImage.TYPE_INT_RGB), "png"),
                "is blank");
        assertThatThrownBy(() -> reader().read(folder))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("has no pictures");
    }

    private static ImageFolderReader reader() {
        return new ImageFolderReader(OptionalInt.empty());
    }

    private void rejects(String name, byte[] content, String reason) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.write(file, content);
        assertThatThrownBy(() -> reader().read(folder))
                .isInstanceOf(DataException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining(reason);
        Files.delete(file);
    }

    /** A "1": a vertical bar in the upper left. */
    private static BufferedImage bar(int width, int height, Color paper, Color ink, int type) {
        BufferedImage picture = new BufferedImage(width, height, type);
        Graphics2D graphics = picture.createGraphics();
        graphics.setBackground(paper);
        graphics.clearRect(0, 0, width, height);
        graphics.setColor(ink);
        int side = Math.min(width, height);
        graphics.fillRect(side / 5, side / 5, Math.max(2, side / 8), side / 2);
        graphics.dispose();
        return picture;
    }

    private static byte[] bytes(BufferedImage picture, String format) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        assertThat(ImageIO.write(picture, format, out)).isTrue();
        return out.toByteArray();
    }

    private void write(String name, BufferedImage picture, String format) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.write(file, bytes(picture, format));
    }

    private static int ink(byte[] pixels, int x, int y) {
        return pixels[28 * y + x] & 0xff;
    }

    private static int rowsWithInk(byte[] pixels) {
        int rows = 0;
        for (int y = 0; y < 28; y++) {
            int row = y;
            boolean any = false;
            for (int x = 0; x < 28; x++) {
                any |= ink(pixels, x, row) > 25;
            }
            rows += any ? 1 : 0;
        }
        return rows;
    }

    private static double meanDifference(byte[] a, byte[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += Math.abs((a[i] & 0xff) - (b[i] & 0xff));
        }
        return sum / a.length;
    }
}
