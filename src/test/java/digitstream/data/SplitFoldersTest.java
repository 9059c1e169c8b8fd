package digitstream.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Folders of pictures as people and archives lay them out, and the files between them that are no pictures. */
class SplitFoldersTest {
    @TempDir
    private Path folder;

    private final List<String> messages = new ArrayList<>();

    @ParameterizedTest
    @CsvSource({
        "training,testing",
        "Train,Test",
        "TRAIN,TEST",
        "train,val",
        "train,valid",
        "train,validation",
        "trainingSet,testSet",
        "train_images,test_images",
        "mnist_train,mnist_test",
        "a/b/train,a/b/test",
        "mnist_png/mnist_png/training,mnist_png/mnist_png/testing",
        "train/train,test/test",
        "training/training/training,testing",
    })
    void findsTrainingAndTestImages(String training, String test) throws IOException {
        write(training + "/1/a.png");
        write(training + "/2/b.png");
        write(test + "/3/c.png");
        DigitData data = find();
        assertThat(data.training().labels()).containsExactly(1, 2);
        assertThat(data.test().labels()).containsExactly(3);
        Path from = Path.of(training);
        Path to = Path.of(test);
        assertThat(messages.get(messages.size() - 1))
                .contains("training images from "
                        + from.subpath(
                                from.startsWith("train") || from.startsWith("training") ? 0 : from.getNameCount() - 1,
                                from.getNameCount()))
                .contains("test images from ")
                .contains(to.getFileName().toString());
    }

    @Test
    void leavesValidationImagesOutWhereThereAreTestImages() throws IOException {
        write("train/1/a.png");
        write("val/2/b.png");
        write("test/3/c.png");
        DigitData data = find();
        assertThat(data.training().labels()).containsExactly(1);
        assertThat(data.test().labels()).containsExactly(3);
        assertThat(messages.get(messages.size() - 1)).contains("test images from test, none from val");
    }

    @Test
    void findsNoPartInAWordThatOnlyEndsLikeOne() {
        for (String name : List.of("interval", "contest", "latest", "constrain", "retrain", "oval", "data")) {
            assertThat(Part.of(Path.of(name))).as(name).isEmpty();
        }
        assertThat(Part.of(Path.of("emnist-digits-train.csv")))
                .hasValue(new Part.Named("emnist-digits", Part.TRAINING));
    }

    @ParameterizedTest
    @ValueSource(strings = {"7", "07", "seven", "SEVEN", "Seven", "digit_7", "class7", "7 - seven", "label-7"})
    void readsTheDigitInTheNameOfAFolder(String name) {
        assertThat(DigitFolders.digit(Path.of(name))).isEqualTo(OptionalInt.of(7));
    }

    @ParameterizedTest
    @ValueSource(strings = {"77", "17", "a7", "sevens and eights", "x", "7z"})
    void readsNoDigitInOtherNames(String name) {
        assertThat(DigitFolders.digit(Path.of(name))).isEmpty();
    }

    @Test
    void skipsHiddenFilesAndPassesOverBadOnes() throws IOException {
        for (int i = 0; i < 20; i++) {
            write("one/good" + i + ".PNG");
        }
        for (String hidden : List.of("._1.png", ".DS_Store", "Thumbs.db", ".hidden/2.png", "__MACOSX/one/._1.png")) {
            Pictures.write(folder.resolve("one").resolve(hidden), new byte[] {0, 5, 22, 7});
        }
        Pictures.write(folder.resolve("__MACOSX/one/._2.png"), new byte[] {0, 5, 22, 7});
        Pictures.write(folder.resolve("one/empty.png"), new byte[0]);
        Files.createDirectories(folder.resolve("one/x.png"));
        Pictures.write(folder.resolve("one/blank.png"), Pictures.bytes(Pictures.grey(255, 255), "png"));
        Pictures.write(
                folder.resolve("one/photo.heic"),
                "\0\0\0\30ftypheic".getBytes(java.nio.charset.StandardCharsets.UTF_8));
        byte[] jpeg = Pictures.bytes(Pictures.grey(255, 0), "jpeg");
        Pictures.write(folder.resolve("one/cut.jpg"), java.util.Arrays.copyOf(jpeg, jpeg.length / 2));
        Files.createSymbolicLink(folder.resolve("one/loop"), folder.resolve("one"));
        Files.createSymbolicLink(folder.resolve("one/nowhere.png"), folder.resolve("missing"));
        Files.writeString(folder.resolve("one/notes.txt"), "no picture");

        DigitData data = find();
        assertThat(data.all().size()).isEqualTo(20);
        assertThat(data.passedOver()).isEqualTo(6);
        assertThat(messages)
                .anyMatch(line -> line.endsWith("one/empty.png is empty; download or copy it again"))
                .anyMatch(line -> line.endsWith("one/x.png is a folder, not a file"))
                .anyMatch(line -> line.contains("one/blank.png is blank"))
                .anyMatch(line -> line.contains("one/photo.heic is a HEIC picture"))
                .anyMatch(line -> line.contains("one/cut.jpg is truncated or damaged"))
                .anyMatch(line -> line.contains("one/nowhere.png does not exist"))
                .noneMatch(line -> line.contains("._") || line.contains("notes.txt"));
        assertThat(messages.get(messages.size() - 1)).contains("6 files passed over");
    }

    @ParameterizedTest
    @CsvSource({
        "0/3,is the folder of a digit in the folder of another one",
        "0/writer/class_3,is the folder of a digit in the folder of another one",
        "0/train,divides one digit's pictures into training and test images",
        "0/test,divides one digit's pictures into training and test images",
    })
    void refusesFoldersInADigitThatMeanSomethingElse(String inner, String reason) throws IOException {
        write("0/a.png");
        write("1/a.png");
        write(inner + "/b.png");
        assertThatThrownBy(this::find)
                .isInstanceOf(DataException.class)
                .hasMessageStartingWith(folder.resolve(inner) + " " + reason);
    }

    @Test
    void followsNoLinkOutOfADigit() throws IOException {
        for (int i = 0; i < 7; i++) {
            write("3/" + i + ".png");
            write("4/4/more/" + i + ".png");
        }
        write("elsewhere/a.png");
        Files.createSymbolicLink(folder.resolve("3/up"), Path.of(".."));
        Files.createSymbolicLink(folder.resolve("3/self"), Path.of("."));
        Files.createSymbolicLink(folder.resolve("4/twice"), folder.resolve("4/4"));
        Files.createSymbolicLink(folder.resolve("5"), folder.resolve("elsewhere"));
        DigitData data = find();
        assertThat(data.all().size()).isEqualTo(15);
        assertThat(messages).anyMatch(line -> line.contains("the folders 3/self, 3/up, 4/twice, elsewhere"));
        Files.createSymbolicLink(folder.resolve("1"), folder.resolve("3"));
        assertThatThrownBy(this::find)
                .isInstanceOf(DataException.class)
                .hasMessageContaining("are the same folder; remove the link");
    }

    @Test
    void namesFoldersThatAreNotUsedAndDigitsWithoutPicturesInOneNote() throws IOException {
        for (int digit = 0; digit < 8; digit++) {
            write("train/" + digit + "/a.png");
        }
        Files.createDirectories(folder.resolve("train/9"));
        write("train/10/a.png");
        write("test/0/a.png");
        write("holdout/0/a.png");
        find();
        assertThat(messages)
                .contains("Not used in " + folder + ": the folders holdout, train/10."
                        + " There are no training pictures of 8, 9");
    }

    @Test
    void countsPicturesWhateverTheirNames() throws IOException {
        for (String name : List.of("a\nb", "c\rd", "\u00fc", "\u0085", "\u2028", "\u4e03", " ", "x y")) {
            write("1/" + name + ".png");
        }
        assertThat(find().all().size()).isEqualTo(8);
    }

    @Test
    void refusesAFolderWithTooManyBadPictures() throws IOException {
        for (int i = 0; i < 20; i++) {
            write("1/good" + i + ".png");
            if (i < 11) {
                Pictures.write(folder.resolve("1/bad" + i + ".png"), new byte[0]);
            }
        }
        assertThatThrownBy(this::find)
                .isInstanceOf(DataException.class)
                .hasMessageContaining("11 of 31 pictures can't be used, and 10 may be")
                .hasMessageContaining("bad0.png is empty")
                .hasMessageContaining("--max-bad-images");
        assertThat(sources(OptionalInt.of(11))
                        .find(Optional.of(folder), Optional.empty())
                        .passedOver())
                .isEqualTo(11);
        Files.delete(folder.resolve("1/bad0.png"));
        assertThat(find().passedOver()).isEqualTo(10);
        assertThatThrownBy(() -> sources(OptionalInt.of(0)).find(Optional.of(folder), Optional.empty()))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("10 of 30 pictures can't be used, and 0 may be");
    }

    @Test
    void limitsBadPicturesByATenth() {
        assertThat(PassedOver.limit(2)).isEqualTo(1);
        assertThat(PassedOver.limit(20)).isEqualTo(10);
        assertThat(PassedOver.limit(1_000)).isEqualTo(100);
    }

    @Test
    void namesTheDataAfterTheFolder() throws IOException {
        Path mine = folder.resolve("my digits");
        Pictures.write(mine.resolve("data/train/1/a.png"), picture());
        Pictures.write(mine.resolve("data/test/1/a.png"), picture());
        assertThat(sources(OptionalInt.empty())
                        .find(Optional.of(mine), Optional.empty())
                        .name())
                .isEqualTo("my digits");
    }

    @Test
    void doesNotSearchForEverWhereLinksLeadBack() throws IOException {
        Files.createSymbolicLink(folder.resolve("a"), folder);
        Files.createSymbolicLink(folder.resolve("b"), folder);
        assertThatThrownBy(this::find).isInstanceOf(DataException.class).hasMessageContaining("has no digits");
    }

    /** Instead of a folder that is closed, which does not exist for an administrator: one whose CSV file can't be read. */
    @Test
    void searchesOnPastAFolderThatCannotBeRead() throws IOException {
        Pictures.write(folder.resolve("lost/train.csv"), new byte[0]);
        assertThatThrownBy(this::find)
                .isInstanceOf(DataException.class)
                .hasMessageContaining("lost/train.csv is empty");
        write("mine/1/a.png");
        for (int i = 0; i < 7; i++) {
            write("mine/1/b" + i + ".png");
        }
        assertThat(find().all().size()).isEqualTo(8);
    }

    @Test
    void refusesToChooseBetweenTwoDataSets() throws IOException {
        write("mine/1/a.png");
        write("yours/1/a.png");
        assertThatThrownBy(this::find)
                .isInstanceOf(DataException.class)
                .hasMessageContaining("holds several data sets: mine, yours; name the folder of one");
    }

    @ParameterizedTest
    @CsvSource({
        "train-00000-of-00001.parquet,Parquet",
        "mnist.h5,HDF5",
        "mnist.tfrecord,TFRecord",
        "mnist.pkl.gz,pickle",
        "MNIST/processed/training.pt,tensors of PyTorch",
        "archive.zip,unpack it",
        "mnist.tar.gz,unpack it",
        "x_train.npy,numpy.savez",
    })
    void namesFormatsThatAreNotRead(String file, String reason) throws IOException {
        Path path = Pictures.write(folder.resolve(file), new byte[] {1, 2, 3});
        assertThatThrownBy(this::find)
                .isInstanceOf(DataException.class)
                .hasMessageContaining("--data is " + folder)
                .hasMessageContaining(path.toString())
                .hasMessageContaining(reason);
        assertThatThrownBy(() -> sources(OptionalInt.empty()).find(Optional.of(path), Optional.empty()))
                .isInstanceOf(DataException.class)
                .hasMessageContaining(reason);
    }

    private DigitData find() {
        return sources(OptionalInt.empty()).find(Optional.of(folder), Optional.empty());
    }

    private DigitSources sources(OptionalInt maxBadImages) {
        return new DigitSources(folder.resolve("cache"), List.of(), java.util.Map.of(), maxBadImages, messages::add);
    }

    private void write(String name) throws IOException {
        Pictures.write(folder.resolve(name), picture());
    }

    private static byte[] picture() throws IOException {
        return Pictures.bytes(Pictures.grey(255, 0), "png");
    }
}
