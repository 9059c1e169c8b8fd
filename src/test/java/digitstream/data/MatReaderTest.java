package digitstream.data;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import us.hebi.matlab.mat.format.Mat5;
import us.hebi.matlab.mat.types.MatFile;
import us.hebi.matlab.mat.types.MatlabType;
import us.hebi.matlab.mat.types.Matrix;
import us.hebi.matlab.mat.types.Sink;
import us.hebi.matlab.mat.types.Sinks;

/** Reads valid files, written by the MAT library, and damaged ones. */
class MatReaderTest {
    private static final int COMPRESSED = 6;
    private static final int PLAIN = 0;

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(ints = {PLAIN, COMPRESSED})
    void readsEachColumnAsAnImageRowByRow(int deflateLevel) throws IOException {
        Path file = write(good(), deflateLevel);
        for (Path path : new Path[] {file, folder}) {
            assertThat(new MatReader().finds(path)).isTrue();
            DigitData data = new MatReader().read(path);
            // Every seventh of the 14 is a test image.
            assertThat(data.training().size()).isEqualTo(12);
            assertThat(data.test().size()).isEqualTo(2);
            assertThat(data.test().label(0)).isEqualTo(6);
            assertThat(data.training().label(6)).isEqualTo(7);
            assertThat(data.training().pixels(1)).startsWith(pixel(0, 1), pixel(1, 1), pixel(2, 1));
            assertThat(data.all().size()).isEqualTo(14);
        }
    }

    /** The tutorial's file: all of MNIST, training images first. */
    @Test
    void splitsMnistAsItsFilesDo() throws IOException {
        String mnist = System.getenv(DigitSources.ENVIRONMENT_VARIABLE);
        assumeTrue(mnist != null, "DIGITSTREAM_DATA is not set: there are no real digits here");
        DigitData idx = new IdxReader().read(Path.of(mnist));
        LabelledImages all = idx.all();
        Matrix data = Mat5.newMatrix(784, 70_000, MatlabType.UInt8);
        Matrix label = Mat5.newMatrix(1, 70_000, MatlabType.Double);
        byte[] pixels = all.pixels();
        for (int i = 0; i < pixels.length; i++) {
            data.setByte(i, pixels[i]);
        }
        for (int i = 0; i < all.size(); i++) {
            label.setDouble(i, all.label(i));
        }
        DigitData read = new MatReader()
                .read(write(Mat5.newMatFile().addArray("data", data).addArray("label", label), COMPRESSED));
        assertThat(read.name()).isEqualTo("mnist");
        assertThat(read.training().sha256()).isEqualTo(idx.training().sha256());
        assertThat(read.test().sha256()).isEqualTo(idx.test().sha256());
    }

    @ParameterizedTest
    @ValueSource(ints = {PLAIN, COMPRESSED})
    void rejectsAFileThatIsTruncatedAnywhere(int deflateLevel) throws IOException {
        byte[] good = Files.readAllBytes(write(good(), deflateLevel));
        Random random = new Random(1);
        for (int i = 0; i < 200; i++) {
            rejects(Arrays.copyOf(good, random.nextInt(good.length - 8)), "");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {PLAIN, COMPRESSED})
    void reportsAnyDamage(int deflateLevel) throws IOException {
        byte[] good = Files.readAllBytes(write(good(), deflateLevel));
        Random random = new Random(2);
        for (int i = 0; i < 500; i++) {
            byte[] damaged = good.clone();
            // Damage the headers, which contain the sizes.
            damaged[128 + random.nextInt(120)] = (byte) random.nextInt();
            Path file = Files.write(folder.resolve("damaged.mat"), damaged);
            try {
                new MatReader().read(file);
            } catch (DataException rejected) {
                assertThat(rejected).hasMessageContaining("damaged.mat");
            }
        }
    }

    @Test
    void rejectsAHeaderThatDeclaresAHugeSize() throws IOException {
        byte[] good = Files.readAllBytes(write(good(), PLAIN));
        // The dimensions' tag (type 5, 8 bytes), then 784 and 14.
        byte[] dimensions = {5, 0, 0, 0, 8, 0, 0, 0, 0x10, 3, 0, 0, 14, 0, 0, 0};
        int at = new String(good, ISO_8859_1).indexOf(new String(dimensions, ISO_8859_1)) + 12;
        good[at + 3] = 0x70;
        rejects(good, "");
        good[at + 3] = 0;
        good[at] = 15;
        rejects(good, "");
    }

    @Test
    void rejectsOtherFiles() throws IOException {
        rejects(new byte[0], "is not a MATLAB 5 file");
        rejects(new byte[1_000], "is not a MATLAB 5 file");
        rejects("MATLAB 7.3 MAT-file, HDF5".repeat(100).getBytes(ISO_8859_1), "is not a MATLAB 5 file");
    }

    @Test
    void rejectsOtherVariablesTypesAndSizes() throws IOException {
        Matrix label = Mat5.newMatrix(1, 14, MatlabType.Double);
        Matrix data = Mat5.newMatrix(784, 14, MatlabType.UInt8);
        rejects(Mat5.newMatFile().addArray("data", data), "has no variable 'label'");
        rejects(Mat5.newMatFile().addArray("data", label).addArray("label", label), "'data' of type double");
        rejects(
                Mat5.newMatFile().addArray("data", data).addArray("label", Mat5.newString("three")),
                "'label' of type char");
        rejects(
                Mat5.newMatFile()
                        .addArray("data", Mat5.newMatrix(1024, 14, MatlabType.UInt8))
                        .addArray("label", label),
                "data of 1024 by 14");
        rejects(
                Mat5.newMatFile().addArray("data", data).addArray("label", Mat5.newMatrix(1, 13, MatlabType.Double)),
                "label of 1 by 13");
        label.setDouble(3, 3.5);
        rejects(Mat5.newMatFile().addArray("data", data).addArray("label", label), "label 3 is 3.5");
    }

    private void rejects(MatFile content, String reason) throws IOException {
        rejects(Files.readAllBytes(write(content, COMPRESSED)), reason);
    }

    private void rejects(byte[] content, String reason) throws IOException {
        Path file = Files.write(folder.resolve("bad.mat"), content);
        assertThatThrownBy(() -> new MatReader().read(file))
                .isInstanceOf(DataException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining(reason);
    }

    private static MatFile good() {
        Matrix data = Mat5.newMatrix(784, 14, MatlabType.UInt8);
        Matrix label = Mat5.newMatrix(1, 14, MatlabType.Double);
        for (int image = 0; image < 14; image++) {
            label.setDouble(image, image % 10);
            for (int i = 0; i < 784; i++) {
                data.setByte(i, image, pixel(i, image));
            }
        }
        return Mat5.newMatFile().addArray("data", data).addArray("label", label);
    }

    private static byte pixel(int i, int image) {
        return (byte) (i * 7 + image);
    }

    private Path write(MatFile content, int deflateLevel) throws IOException {
        Path file = folder.resolve("mnist-original.mat");
        Files.deleteIfExists(file);
        try (Sink sink = Sinks.newStreamingFile(file.toFile())) {
            Mat5.newWriter(sink).setDeflateLevel(deflateLevel).writeMat(content);
        }
        return file;
    }
}
