package digitstream.data;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import us.hebi.matlab.mat.format.Mat5;
import us.hebi.matlab.mat.types.MatlabType;
import us.hebi.matlab.mat.types.Matrix;
import us.hebi.matlab.mat.types.Sink;
import us.hebi.matlab.mat.types.Sinks;
import us.hebi.matlab.mat.types.Struct;

/** IDX and MATLAB files as other tools name and fill them. */
class IdxAndMatFilesTest {
    private static final LabelledImages TRAINING = ArrayFiles.TRAINING;
    private static final LabelledImages TEST = ArrayFiles.TEST;

    @TempDir
    private Path folder;

    private final List<String> messages = new ArrayList<>();

    @ParameterizedTest
    @CsvSource({
        "train-images-idx3-ubyte,train-labels-idx1-ubyte,t10k-images-idx3-ubyte,t10k-labels-idx1-ubyte",
        "TRAIN-IMAGES.IDX3-UBYTE,TRAIN-LABELS.IDX1-UBYTE,T10K-IMAGES.IDX3-UBYTE,T10K-LABELS.IDX1-UBYTE",
        "MNIST/raw/train-images-idx3-ubyte,MNIST/raw/train-labels-idx1-ubyte,MNIST/raw/t10k-images-idx3-ubyte,MNIST/raw/t10k-labels-idx1-ubyte",
        "train-images-idx3-ubyte/train-images-idx3-ubyte,train-labels-idx1-ubyte/train-labels-idx1-ubyte,t10k-images-idx3-ubyte/t10k-images-idx3-ubyte,t10k-labels-idx1-ubyte/t10k-labels-idx1-ubyte",
        "qmnist-train-images-idx3-ubyte,qmnist-train-labels-idx1-ubyte,qmnist-test-images-idx3-ubyte,qmnist-test-labels-idx1-ubyte",
    })
    void readsIdxFilesWhereAndHoweverTheyAreNamed(String a, String b, String c, String d) throws IOException {
        writeIdx(a, b, TRAINING);
        writeIdx(c, d, TEST);
        DigitData data = find();
        assertThat(data.training().sha256()).isEqualTo(TRAINING.sha256());
        assertThat(data.test().sha256()).isEqualTo(TEST.sha256());
        assertThat(data.name()).isEqualTo(folder.getFileName().toString());
    }

    @Test
    void prefersMnistAmongTorchvisionsDataSets() throws IOException {
        for (String set : List.of("MNIST", "FashionMNIST")) {
            LabelledImages training = set.equals("MNIST") ? TRAINING : TEST;
            writeIdx(set + "/raw/train-images-idx3-ubyte", set + "/raw/train-labels-idx1-ubyte", training);
            writeIdx(set + "/raw/t10k-images-idx3-ubyte", set + "/raw/t10k-labels-idx1-ubyte", TEST);
        }
        assertThat(find().training().sha256()).isEqualTo(TRAINING.sha256());
        assertThat(messages.get(messages.size() - 1)).contains("MNIST/raw");
    }

    @Test
    void readsEmnistsDigitsAndNotItsLettersAndTurnsThem() throws IOException {
        for (String set : List.of("balanced", "digits", "letters")) {
            String name = "gzip/emnist-" + set;
            LabelledImages training = set.equals("digits") ? TRAINING.transposed() : TEST.transposed();
            writeIdx(name + "-train-images-idx3-ubyte", name + "-train-labels-idx1-ubyte", training);
            writeIdx(name + "-test-images-idx3-ubyte", name + "-test-labels-idx1-ubyte", TEST.transposed());
        }
        DigitData data = find();
        assertThat(data.training().sha256()).isEqualTo(TRAINING.sha256());
        assertThat(data.test().sha256()).isEqualTo(TEST.sha256());
        assertThat(messages.get(messages.size() - 1)).contains("emnist-digits", "turned upright");
    }

    @Test
    void turnsEmnistUnderMnistsNames() throws IOException {
        writeMnistNames(TRAINING.transposed(), TEST.transposed());
        assertThat(find().training().sha256()).isEqualTo(TRAINING.sha256());
        assertThat(messages.get(messages.size() - 1)).contains("turned upright");
    }

    @Test
    void warnsOfImagesThatAreNoDigits() throws IOException {
        byte[] pixels = new byte[140 * 784];
        new java.util.Random(1).nextBytes(pixels);
        writeMnistNames(new LabelledImages(28, 28, pixels, TRAINING.labels()), TEST);
        find();
        assertThat(messages).anyMatch(line -> line.contains("hardly resemble the digits"));
    }

    @Test
    void callsOnlyMnistMnist() throws IOException {
        String mnist = System.getenv(DigitSources.ENVIRONMENT_VARIABLE);
        assumeTrue(mnist != null, "DIGITSTREAM_DATA is not set: there are no real digits here");
        DigitData real = new IdxReader().read(Path.of(mnist));
        assertThat(real.name()).isEqualTo("mnist");
        int[] backwards =
                java.util.stream.IntStream.range(0, 60_000).map(i -> 59_999 - i).toArray();
        assertThat(DataName.isMnist(real.training().select(backwards), real.test()))
                .isTrue();

        Path copy = folder.resolve("mnist");
        LabelledImages test = real.test();
        byte[] labels = test.labels();
        labels[0] = 8;
        writeIdx(
                "mnist/t10k-images-idx3-ubyte",
                "mnist/t10k-labels-idx1-ubyte",
                new LabelledImages(28, 28, test.pixels(), labels));
        writeIdx("mnist/train-images-idx3-ubyte", "mnist/train-labels-idx1-ubyte", real.training());
        DigitData changed = sources().find(Optional.of(copy), Optional.empty());
        assertThat(changed.name()).isEqualTo("mnist (not the original)");
        assertThat(changed.training().sha256()).isEqualTo(real.training().sha256());

        writeIdx("part/t10k-images-idx3-ubyte", "part/t10k-labels-idx1-ubyte", test.transposed());
        writeIdx(
                "part/train-images-idx3-ubyte",
                "part/train-labels-idx1-ubyte",
                real.training().slice(0, 300).transposed());
        DigitData turned = sources().find(Optional.of(folder.resolve("part")), Optional.empty());
        assertThat(turned.test().sha256()).isEqualTo(test.sha256());
    }

    @Test
    void readsQmnistsLabels() throws IOException {
        writeMnistNames(TRAINING, TEST);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeInt(0xC02);
        out.writeInt(TEST.size());
        out.writeInt(8);
        for (int i = 0; i < TEST.size(); i++) {
            out.writeInt(TEST.label(i));
            out.write(new byte[7 * 4]);
        }
        Files.delete(folder.resolve("t10k-labels-idx1-ubyte"));
        Pictures.write(folder.resolve("t10k-labels-idx2-int"), bytes.toByteArray());
        assertThat(find().test().sha256()).isEqualTo(TEST.sha256());
    }

    @Test
    void saysWhyAFileCannotBeRead() throws IOException {
        writeMnistNames(TRAINING, TEST);
        Path file = folder.resolve("train-images-idx3-ubyte");
        Files.move(file, folder.resolve("kept"));
        Path zipped = folder.resolve("train-images-idx3-ubyte.gz");
        refuses(zipped, "<!DOCTYPE html><title>404</title>".getBytes(UTF_8), " is an HTML page");
        refuses(zipped, "<?xml version=\"1.0\"?><Error/>".getBytes(UTF_8), " is an XML document");
        refuses(zipped, new byte[0], " is empty");
        refuses(zipped, "version https://git-lfs.github.com/spec/v1\n".getBytes(UTF_8), " is a pointer of Git LFS");
        refuses(zipped, "PK\3\4".getBytes(UTF_8), " is a zip archive; unpack it");
        byte[] good = ArrayFiles.gzipped(Files.readAllBytes(folder.resolve("kept")));
        refuses(zipped, java.util.Arrays.copyOf(good, good.length / 2), " is truncated or damaged");
        refuses(zipped, java.util.Arrays.copyOf(good, 5), " is truncated or damaged (it ends too early)");
        refuses(zipped, ArrayFiles.gzipped(new byte[0]), " is empty");
        // Not gzipped, whatever its name says.
        Files.copy(folder.resolve("kept"), zipped, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        assertThat(find().training().sha256()).isEqualTo(TRAINING.sha256());
        assertThat(digitstream.data.files.DataFile.reason(new AccessDeniedException("x")))
                .isEqualTo("can't be read: permission denied; make it readable for this user");
    }

    private void refuses(Path file, byte[] content, String reason) throws IOException {
        Files.write(file, content);
        assertThatThrownBy(this::find)
                .isInstanceOf(DataException.class)
                .hasMessageContaining(file + reason)
                .hasMessageNotContaining("null");
    }

    @Test
    void readsMatlabFilesInCapitalsAndEmnists() throws IOException {
        Struct dataset = Mat5.newStruct();
        dataset.set("train", part(TRAINING.transposed()));
        dataset.set("test", part(TEST.transposed()));
        Path file = folder.resolve("EMNIST-DIGITS.MAT");
        try (Sink sink = Sinks.newStreamingFile(file.toFile())) {
            Mat5.newWriter(sink).writeMat(Mat5.newMatFile().addArray("dataset", dataset));
        }
        DigitData data = find();
        assertThat(data.training().sha256()).isEqualTo(TRAINING.sha256());
        assertThat(data.test().sha256()).isEqualTo(TEST.sha256());
        Pictures.write(file, "MATLAB 7.3 MAT-file, Platform: GLNXA64".getBytes(ISO_8859_1));
        assertThatThrownBy(this::find)
                .isInstanceOf(DataException.class)
                .hasMessageContaining(
                        file + " is not a MATLAB 5 file but one of format 7.3 (HDF5), which is not read; save it");
    }

    private static Struct part(LabelledImages images) {
        Matrix pixels = Mat5.newMatrix(images.size(), 784, MatlabType.UInt8);
        Matrix labels = Mat5.newMatrix(images.size(), 1, MatlabType.UInt8);
        for (int i = 0; i < images.size(); i++) {
            byte[] image = images.pixels(i);
            for (int p = 0; p < 784; p++) {
                pixels.setByte(i, p, image[p]);
            }
            labels.setInt(i, images.label(i));
        }
        return Mat5.newStruct().set("images", pixels).set("labels", labels);
    }

    private DigitData find() {
        return sources().find(Optional.of(folder), Optional.empty());
    }

    private DigitSources sources() {
        return new DigitSources(folder.resolve("cache"), List.of(), messages::add);
    }

    private void writeMnistNames(LabelledImages training, LabelledImages test) throws IOException {
        writeIdx("train-images-idx3-ubyte", "train-labels-idx1-ubyte", training);
        writeIdx("t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte", test);
    }

    private void writeIdx(String images, String labels, LabelledImages content) throws IOException {
        ByteBuffer header = ByteBuffer.allocate(16)
                .putInt(0x803)
                .putInt(content.size())
                .putInt(28)
                .putInt(28);
        Pictures.write(folder.resolve(images), joined(header.array(), content.pixels()));
        Pictures.write(
                folder.resolve(labels),
                joined(
                        ByteBuffer.allocate(8)
                                .putInt(0x801)
                                .putInt(content.size())
                                .array(),
                        content.labels()));
    }

    private static byte[] joined(byte[] a, byte[] b) {
        return ByteBuffer.allocate(a.length + b.length).put(a).put(b).array();
    }
}
