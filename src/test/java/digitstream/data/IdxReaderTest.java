package digitstream.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IdxReaderTest {
    private static final int IMAGES = 0x803;
    private static final int LABELS = 0x801;

    @TempDir
    private Path folder;

    @BeforeEach
    void writeGoodFiles() throws IOException {
        write("train-images-idx3-ubyte", idx(new int[] {IMAGES, 3, 2, 2}, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 255));
        write("train-labels-idx1-ubyte", idx(new int[] {LABELS, 3}, 7, 0, 9));
        write("t10k-images.idx3-ubyte.gz", gzipped(idx(new int[] {IMAGES, 1, 2, 2}, 9, 8, 7, 6)));
        write("t10k-labels.idx1-ubyte.gz", gzipped(idx(new int[] {LABELS, 1}, 5)));
    }

    @Test
    void readsFilesGzippedOrNotUnderEitherName() {
        DigitData data = new IdxReader().read(folder);
        assertThat(data.training().size()).isEqualTo(3);
        assertThat(data.training().pixels(2)).containsExactly(8, 9, 10, 255);
        assertThat(data.training().label(2)).isEqualTo(9);
        assertThat(data.test().pixels(0)).containsExactly(9, 8, 7, 6);
    }

    @Test
    void rejectsATruncatedFile() throws IOException {
        rejects("train-images-idx3-ubyte", idx(new int[] {IMAGES, 3, 2, 2}, 0, 1, 2), "truncated");
        byte[] zipped = gzipped(idx(new int[] {LABELS, 1}, 5));
        rejects("t10k-labels.idx1-ubyte.gz", Arrays.copyOf(zipped, zipped.length - 9), "truncated or damaged");
        rejects("train-labels-idx1-ubyte", new byte[] {0, 0}, "truncated or damaged");
    }

    @Test
    void rejectsAHeaderThatDoesNotMatchTheContent() throws IOException {
        rejects("train-labels-idx1-ubyte", idx(new int[] {LABELS, 2}, 7, 0, 9), "more than the 2 bytes");
        rejects("train-labels-idx1-ubyte", idx(new int[] {LABELS, -1}, 7), "declares -1 bytes");
        rejects("train-labels-idx1-ubyte", idx(new int[] {LABELS, Integer.MAX_VALUE}, 7), "declares 2147483647 bytes");
        rejects("train-labels-idx1-ubyte", idx(new int[] {LABELS, 2_000_000_000}, 7), "truncated");
        rejects("train-images-idx3-ubyte", idx(new int[] {IMAGES, 3, 70_000, 70_000}), "70000 by 70000");
    }

    @Test
    void rejectsOtherKindsOfFiles() throws IOException {
        rejects("train-images-idx3-ubyte", idx(new int[] {LABELS, 3}, 1, 2, 3), "starts with 00000801, not 00000803");
        rejects("train-labels-idx1-ubyte", idx(new int[] {LABELS, 3}, 7, 10, 9), "label 1 is 10");
        rejects("t10k-labels.idx1-ubyte.gz", new byte[] {0x1f, (byte) 0x8b, 9, 9}, "truncated or damaged");
    }

    @Test
    void rejectsImagesAndLabelsThatDoNotMatch() throws IOException {
        rejects("train-labels-idx1-ubyte", idx(new int[] {LABELS, 2}, 7, 0), "3 images, but");
        Files.delete(folder.resolve("train-labels-idx1-ubyte"));
        assertThatThrownBy(() -> new IdxReader().read(folder)).hasMessageContaining("has no file train-labels");
    }

    @Test
    void readsTheRealDigits() {
        String mnist = System.getenv(DigitSources.ENVIRONMENT_VARIABLE);
        assumeTrue(mnist != null, "DIGITSTREAM_DATA is not set: there are no real digits here");
        DigitData data = new IdxReader().read(Path.of(mnist));
        assertThat(data.training().size()).isEqualTo(60_000);
        assertThat(data.test().size()).isEqualTo(10_000);
        assertThat(data.test().label(0)).isEqualTo(7);
    }

    private void rejects(String file, byte[] content, String reason) throws IOException {
        byte[] good = Files.readAllBytes(folder.resolve(file));
        write(file, content);
        assertThatThrownBy(() -> new IdxReader().read(folder))
                .isInstanceOf(DataException.class)
                .hasMessageContaining(folder.resolve(file).toString())
                .hasMessageContaining(reason);
        write(file, good);
    }

    private void write(String file, byte[] content) throws IOException {
        Files.write(folder.resolve(file), content);
    }

    private static byte[] idx(int[] header, int... body) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        for (int number : header) {
            out.writeInt(number);
        }
        for (int value : body) {
            out.writeByte(value);
        }
        return bytes.toByteArray();
    }

    private static byte[] gzipped(byte[] content) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            out.write(content);
        }
        return bytes.toByteArray();
    }
}
