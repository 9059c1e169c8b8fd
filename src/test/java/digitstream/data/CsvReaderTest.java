package digitstream.data;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** CSV files as Kaggle and other tools write them. */
class CsvReaderTest {
    private static final LabelledImages TRAINING = ArrayFiles.TRAINING;
    private static final LabelledImages TEST = ArrayFiles.TEST;

    @TempDir
    private Path folder;

    private final List<String> messages = new ArrayList<>();

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
                folder.resolve("mnist_784.csv.gz"),
                ArrayFiles.gzipped(lines.toString().getBytes(UTF_8)));
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

    @ParameterizedTest
    @ValueSource(
            strings = {"", "labels", "category", "class", "class_label", "target", "target_class", "Digit", "y", "x"})
    void findsTheLabelInTheLastColumn(String name) throws IOException {
        write("train.csv", labelLast(TRAINING, name));
        DigitData data = find();
        assertThat(data.training().label(3)).isEqualTo(TRAINING.label(3));
        assertThat(data.training().pixels(3)).isEqualTo(TRAINING.pixels(3));
    }

    @Test
    void refusesAFileInWhichNoColumnLooksLikeLabels() throws IOException {
        int[] sevens = {7, 17, 27, 37, 47, 57, 67};
        byte[] pixels = TRAINING.select(sevens).pixels();
        for (int i = 0; i < pixels.length; i += 784) {
            pixels[i] = 0;
        }
        LabelledImages one = new LabelledImages(28, 28, pixels, new byte[] {7, 7, 7, 7, 7, 7, 7});
        refuses(labelLast(one, ""), "has labels neither in its first column nor in its last one");
        write("train.csv", labelLast(one, "label"));
        assertThatThrownBy(() -> find().forTraining())
                .isInstanceOf(DataException.class)
                .hasMessageContaining("all 6 training images have the label 7");
        assertThat(find().all().size()).isEqualTo(7);
    }

    @Test
    void refusesPixelsFrom0To1() throws IOException {
        refuses(
                csv(TRAINING, true, true, ",").replaceAll(",[1-9][0-9]*", ",1"),
                "largest pixel of the training images is 1");
    }

    @Test
    void readsWhatSpreadsheetsNumpyAndPandasAdd() throws IOException {
        String plain = csv(TRAINING, false, true, ",");
        StringBuilder numbers = new StringBuilder("0");
        for (int i = 1; i <= 784; i++) {
            numbers.append(',').append(i);
        }
        for (String text : List.of(
                plain.replace("\n", ",\n"),
                csv(TRAINING, true, true, ",").replace("\n", ",\r\n"),
                "\n  \r\n" + plain,
                "# label, pixels\n" + plain,
                "\uFEFFsep=,\r\n" + csv(TRAINING, true, true, ","),
                "\"sep=;\"\n" + csv(TRAINING, true, true, ";"),
                csv(TRAINING, false, true, " "),
                plain.replaceAll("([0-9]+)", "$1.000000000000000000e+00"),
                plain.replaceAll("\\b([0-9])([0-9])\\b", "$1.$2E1"),
                numbers + "\n" + plain)) {
            write("train.csv", text);
            assertThat(find().all().sha256())
                    .as(text.substring(0, 60))
                    .isEqualTo(DigitData.withTestEvery(7, folder, "", TRAINING)
                            .all()
                            .sha256());
        }
        refuses(plain.replaceFirst("\n[0-9]+,", "\n1.5e+00,"), "has '1.5e+00' in line 2, not a whole number");
        refuses(plain.replaceFirst("\n", ",,\n"), "has 787 fields in line 1");
    }

    private static String labelLast(LabelledImages images, String name) {
        StringBuilder text = new StringBuilder();
        if (!name.isEmpty()) {
            for (int i = 0; i < 784; i++) {
                text.append("pixel").append(i).append(',');
            }
            text.append(name).append('\n');
        }
        for (int i = 0; i < images.size(); i++) {
            for (byte pixel : images.pixels(i)) {
                text.append(pixel & 0xff).append(',');
            }
            text.append(images.label(i)).append('\n');
        }
        return text.toString();
    }

    private void refuses(String csv, String reason) throws IOException {
        write("train.csv", csv);
        assertThatThrownBy(this::find)
                .isInstanceOf(DataException.class)
                .hasMessageContaining(folder.resolve("train.csv").toString())
                .hasMessageContaining(reason);
    }

    private DigitData find() {
        return sources().find(Optional.of(folder), Optional.empty());
    }

    private DigitSources sources() {
        return new DigitSources(folder.resolve("cache"), List.of(), messages::add);
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
}
