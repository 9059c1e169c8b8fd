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
import java.nio.ByteOrder;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import us.hebi.matlab.mat.format.Mat5;
import us.hebi.matlab.mat.types.MatlabType;
import us.hebi.matlab.mat.types.Matrix;
import us.hebi.matlab.mat.types.Sink;
import us.hebi.matlab.mat.types.Sinks;
import us.hebi.matlab.mat.types.Struct;

/** Files of whole data sets as other tools write them: IDX under other names, CSV, NPZ and MATLAB. */
class ArrayFilesTest {
    private static final LabelledImages TRAINING = new DrawnDigits(5).images(0, 140);
    private static final LabelledImages TEST = new DrawnDigits(6).images(0, 20);

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
        byte[] good = gzipped(Files.readAllBytes(folder.resolve("kept")));
        refuses(zipped, java.util.Arrays.copyOf(good, good.length / 2), " is truncated or damaged");
        refuses(zipped, java.util.Arrays.copyOf(good, 5), " is truncated or damaged (it ends too early)");
        refuses(zipped, gzipped(new byte[0]), " is empty");
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

    @ParameterizedTest
    @ValueSource(strings = {"train.csv", "TRAIN.CSV", "mnist_train.csv", "anything.csv"})
    void readsCsvWithoutTestLabels(String name) throws IOException {
        write(name, csv(TRAINING, true, true, ","));
        write("test.csv", csv(TEST, true, false, ","));
        write("sample_submission.csv", "ImageId,Label\n1,0\n");
        write("long.csv", "x".repeat(100_000));
        write("empty.csv", "");
        DigitData data = find();
        assertThat(data.all().size()).isEqualTo(140);
        assertThat(data.test().size()).isEqualTo(20);
        assertThat(data.test().label(0)).isEqualTo(6);
        assertThat(data.training().pixels(0)).isEqualTo(TRAINING.pixels(0));
        assertThat(messages).anyMatch(line -> line.startsWith("Not used: ") && line.endsWith("test.csv has no labels"));
    }

    @ParameterizedTest
    @CsvSource({
        "mnist_train.csv,mnist_test.csv,true,','",
        "mnist_train.csv,mnist_test.csv,false,','",
        "train.csv,test.csv,false,;",
        "train.csv,val.csv,true,','",
        "archive/emnist-digits-train.csv,archive/emnist-digits-test.csv,false,','",
    })
    void readsCsvWithTestLabels(String training, String test, boolean header, String separator) throws IOException {
        write(training, csv(TRAINING, header, true, separator));
        write(test, csv(TEST, header, true, separator));
        DigitData data = find();
        assertThat(data.training().sha256()).isEqualTo(TRAINING.sha256());
        assertThat(data.test().sha256()).isEqualTo(TEST.sha256());
        assertThat(messages.get(messages.size() - 1))
                .contains(Path.of(test).getFileName().toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"mnist_train.csv", "test.csv", "val.csv"})
    void dividesASingleCsvFileWhateverItsName(String name) throws IOException {
        write(name, csv(TRAINING, false, true, ","));
        for (Path path : List.of(folder, folder.resolve(name))) {
            DigitData data = sources().find(Optional.of(path), Optional.empty());
            assertThat(data.training().size()).isEqualTo(120);
            assertThat(data.test().size()).isEqualTo(20);
        }
    }

    @Test
    void readsCsvFromOtherTools() throws IOException {
        StringBuilder lines = new StringBuilder("\uFEFF");
        for (int i = 0; i < 784; i++) {
            lines.append("\"pixel").append(i).append("\",");
        }
        lines.append("\"class\"\r\n");
        for (int i = 0; i < 14; i++) {
            for (byte pixel : TRAINING.pixels(i)) {
                lines.append(pixel & 0xff).append(".0,");
            }
            lines.append('"').append(TRAINING.label(i)).append("\"\r\n\r\n");
        }
        Pictures.write(
                folder.resolve("mnist_784.csv.gz"), gzipped(lines.toString().getBytes(UTF_8)));
        DigitData data = find();
        assertThat(data.training().pixels(3)).isEqualTo(TRAINING.pixels(3));
        assertThat(data.test().label(1)).isEqualTo(TRAINING.label(13));
    }

    @Test
    void refusesCsvWithOtherContent() throws IOException {
        String good = csv(TRAINING.slice(0, 20), false, true, ",");
        refuses(good.replaceFirst("\n[0-9]+,", "\n"), "has 784 fields in line 2, not 785");
        refuses(good.replaceFirst("\n[0-9]+,", "\n-1,"), "has '-1' in line 2, not a whole number");
        refuses(good.replaceFirst("\n[0-9]+,", "\n11,"), "has the label 11 in line 2");
        refuses(good.replaceFirst("\n([0-9]+),0", "\n$1,256"), "has the pixel 256 in line 2");
        refuses(good.replaceFirst("\n([0-9]+),0", "\n$1,0.5"), "has '0.5' in line 2");
        refuses(good.replaceFirst("\n([0-9]+),0", "\n$1,x"), "has 'x' in line 2");
        refuses(csv(TEST, true, false, ","), "no labels");
    }

    private void refuses(String csv, String reason) throws IOException {
        write("train.csv", csv);
        assertThatThrownBy(this::find)
                .isInstanceOf(DataException.class)
                .hasMessageContaining(folder.resolve("train.csv").toString())
                .hasMessageContaining(reason);
    }

    @ParameterizedTest
    @CsvSource({
        "|u1,|u1,false,false",
        "|u1,<i8,false,true",
        "|u1,|u1,true,false",
        "<f4,>i4,true,true",
        ">u2,<i2,false,false"
    })
    void readsNumpyArchives(String pixelType, String labelType, boolean fortran, boolean stored) throws IOException {
        Map<String, byte[]> arrays = new LinkedHashMap<>();
        arrays.put("x_test", npy(pixelType, fortran, new int[] {TEST.size(), 28, 28}, TEST.pixels()));
        arrays.put("x_train", npy(pixelType, fortran, new int[] {TRAINING.size(), 784}, TRAINING.pixels()));
        arrays.put("y_train", npy(labelType, fortran, new int[] {TRAINING.size()}, TRAINING.labels()));
        arrays.put("y_test", npy(labelType, fortran, new int[] {TEST.size(), 1}, TEST.labels()));
        Pictures.write(folder.resolve("mnist.npz"), zip(arrays, stored));
        DigitData data = find();
        assertThat(data.training().sha256()).isEqualTo(TRAINING.sha256());
        assertThat(data.test().sha256()).isEqualTo(TEST.sha256());
    }

    @Test
    void refusesNumpyArchivesWithOtherContent() throws IOException {
        Map<String, byte[]> arrays = new LinkedHashMap<>();
        arrays.put("x", npy("|u1", false, new int[] {1}, new byte[1]));
        refuses(arrays, "has no array x_train but [x]");
        arrays.put("x_train", npy("|u1", false, new int[] {TRAINING.size(), 28, 28}, TRAINING.pixels()));
        arrays.put("x_test", npy("|u1", false, new int[] {TEST.size(), 28, 28}, TEST.pixels()));
        arrays.put("y_train", npy("|u1", false, new int[] {TRAINING.size()}, TRAINING.labels()));
        arrays.put("y_test", npy("|O", false, new int[] {TEST.size()}, TEST.labels()));
        refuses(arrays, "holds y_test, which has numbers of type O");
        arrays.put("y_test", npy("|u1", false, new int[] {TEST.size() - 1}, TEST.labels()));
        refuses(arrays, "has 20 images in x_test, but y_test has the shape [19]");
        arrays.put("y_test", npy("|u1", false, new int[] {2_000_000_000, 2}, TEST.labels()));
        refuses(arrays, "holds y_test, which has the shape (2000000000, 2)");
        arrays.put("y_test", npy("|u1", false, new int[] {100_000_000}, TEST.labels()));
        refuses(arrays, "holds y_test, which is truncated");
        arrays.put("y_test", "no array".getBytes(UTF_8));
        refuses(arrays, "holds y_test, which is no NumPy array");
        Pictures.write(folder.resolve("mnist.npz"), "<html>".getBytes(UTF_8));
        assertThatThrownBy(this::find)
                .isInstanceOf(DataException.class)
                .hasMessageContaining("mnist.npz is an HTML page");
    }

    @Test
    void noticesADamagedByteInANumpyArchive() throws IOException {
        Map<String, byte[]> arrays = new LinkedHashMap<>();
        arrays.put("x_train", npy("|u1", false, new int[] {TRAINING.size(), 28, 28}, TRAINING.pixels()));
        byte[] file = zip(arrays, true);
        file[5_000] ^= 1;
        Pictures.write(folder.resolve("mnist.npz"), file);
        assertThatThrownBy(this::find).isInstanceOf(DataException.class).hasMessageContaining("checksum is wrong");
    }

    private void refuses(Map<String, byte[]> arrays, String reason) throws IOException {
        Path file = Pictures.write(folder.resolve("mnist.npz"), zip(arrays, false));
        assertThatThrownBy(this::find)
                .isInstanceOf(DataException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining(reason);
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

    private void write(String name, String text) throws IOException {
        Pictures.write(folder.resolve(name), text.getBytes(UTF_8));
    }

    private static String csv(LabelledImages images, boolean header, boolean labels, String separator) {
        StringBuilder text = new StringBuilder();
        if (header) {
            text.append(labels ? "label" + separator : "");
            for (int i = 0; i < 784; i++) {
                text.append(i == 0 ? "" : separator).append("pixel").append(i);
            }
            text.append('\n');
        }
        for (int i = 0; i < images.size(); i++) {
            text.append(labels ? images.label(i) + separator : "");
            byte[] pixels = images.pixels(i);
            for (int p = 0; p < pixels.length; p++) {
                text.append(p == 0 ? "" : separator).append(pixels[p] & 0xff);
            }
            text.append('\n');
        }
        return text.toString();
    }

    private static byte[] gzipped(byte[] content) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            out.write(content);
        }
        return bytes.toByteArray();
    }

    /** An array as numpy.save writes it, from values in C order. */
    private static byte[] npy(String type, boolean fortran, int[] shape, byte[] values) {
        StringBuilder sides = new StringBuilder();
        for (int side : shape) {
            sides.append(side).append(", ");
        }
        String header = "{'descr': '" + type + "', 'fortran_order': " + (fortran ? "True" : "False") + ", 'shape': ("
                + sides.toString().strip() + "), }";
        if (shape.length > 1) {
            header = header.replace(",), }", "), }");
        }
        header = header + " ".repeat(63 - (10 + header.length()) % 64) + "\n";
        int bytes = type.charAt(type.length() - 1) - '0';
        bytes = bytes < 1 || bytes > 8 ? 1 : bytes;
        ByteBuffer out = ByteBuffer.allocate(10 + header.length() + values.length * bytes)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put("\u0093NUMPY\1\0".getBytes(ISO_8859_1))
                .putShort((short) header.length())
                .put(header.getBytes(ISO_8859_1));
        out.order(type.charAt(0) == '>' ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
        int columns = shape[0] == 0 ? 1 : values.length / shape[0];
        for (int i = 0; i < values.length; i++) {
            // The first dimension is the fastest in Fortran's order; the others are in reverse.
            int value = values[fortran ? index(i, shape, columns) : i] & 0xff;
            switch (bytes) {
                case 1 -> out.put((byte) value);
                case 2 -> out.putShort((short) value);
                case 4 -> {
                    if (type.contains("f")) {
                        out.putFloat(value);
                    } else {
                        out.putInt(value);
                    }
                }
                default -> out.putLong(value);
            }
        }
        return out.array();
    }

    private static int index(int fortranIndex, int[] shape, int columns) {
        int rest = fortranIndex;
        int index = 0;
        int weight = shape[0] * columns;
        for (int side : shape) {
            weight /= side;
            index += rest % side * weight;
            rest /= side;
        }
        return index;
    }

    private static byte[] zip(Map<String, byte[]> arrays, boolean stored) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream out = new ZipOutputStream(bytes)) {
            for (Map.Entry<String, byte[]> array : arrays.entrySet()) {
                ZipEntry entry = new ZipEntry(array.getKey() + ".npy");
                if (stored) {
                    CRC32 sum = new CRC32();
                    sum.update(array.getValue());
                    entry.setMethod(ZipEntry.STORED);
                    entry.setSize(array.getValue().length);
                    entry.setCrc(sum.getValue());
                }
                out.putNextEntry(entry);
                out.write(array.getValue());
                out.closeEntry();
            }
        }
        return bytes.toByteArray();
    }
}
