package digitstream.data;

import digitstream.common.Digits;
import digitstream.data.files.DataFile;
import digitstream.data.pictures.Decoded;
import digitstream.data.pictures.PictureReader;
import java.io.IOException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Reads pictures of any size and colour from one folder per digit, with training and test images in folders of their own or
 * together; see {@link PictureFolders}. If together, every seventh picture, by name, is a test image. Hidden files are skipped.
 * Pictures that can't be read are passed over, unless they are too many.
 */
final class ImageFolderReader implements DigitReader {
    private static final int TEST_EVERY = 7;
    private static final int MAX_DEPTH = 8;
    /** Also formats that are not read, so that each such file is named. */
    private static final Pattern PICTURE = Pattern.compile(
            ".*\\.(png|jpe?g|jpe|jfif|gif|bmp|webp|hei[cf]|avif|tiff?|svg|jp2|jxl|dng|pgm|ppm|pnm|pbm)");

    private final OptionalInt maxBadImages;

    /** Creates a reader; {@code maxBadImages} is how many pictures may be bad, by default {@link PassedOver#limit}. */
    ImageFolderReader(OptionalInt maxBadImages) {
        this.maxBadImages = maxBadImages;
    }

    @Override
    public boolean finds(Path path) {
        return PictureFolders.in(path).isPresent();
    }

    @Override
    public DigitData read(Path path) {
        PictureFolders folders = PictureFolders.in(path)
                .orElseThrow(() -> new DataException(
                        path + " has no pictures; put .png or .jpg files into its subfolders 0 to 9"));
        String origin = folders.describe(path);
        List<Picture> training = pictures(folders.training());
        List<Picture> test = folders.test().map(ImageFolderReader::pictures).orElse(List.of());
        List<Picture> all = new ArrayList<>(training);
        all.addAll(test);
        Result result = read(path, all);
        int divide = result.goodBefore(training.size());
        LabelledImages images = result.images();
        if (folders.test().isPresent() && (divide == 0 || divide == images.size())) {
            throw new DataException(
                    (divide == 0 ? folders.training() : folders.test().get())
                            + " has no picture that can be used; the first fault: "
                            + result.passedOver().lines().get(0));
        }
        DigitData data = folders.test().isPresent()
                ? DigitData.of(path, origin, images.slice(0, divide), images.slice(divide, images.size()))
                : DigitData.withTestEvery(TEST_EVERY, path, origin, images);
        return data.with(result.passedOver());
    }

    private record Picture(Path file, int digit) {}

    private static List<Picture> pictures(Path directory) {
        List<Picture> pictures = new ArrayList<>();
        for (Path folder : DigitFolders.in(directory)) {
            int digit = DigitFolders.digit(folder).orElseThrow();
            files(folder).forEach(file -> pictures.add(new Picture(file, digit)));
        }
        if (pictures.isEmpty()) {
            throw new DataException(directory + " has no pictures; put .png or .jpg files into its subfolders 0 to 9");
        }
        return pictures;
    }

    /** The outcome for each picture: 784 pixels, or the reason why it has none. */
    private record Result(List<Picture> pictures, byte[][] pixels, @Nullable String[] reasons) {
        LabelledImages images() {
            int good = goodBefore(pixels.length);
            byte[] all = new byte[Math.multiplyExact(good, Digits.PIXELS)];
            byte[] labels = new byte[good];
            int to = 0;
            for (int i = 0; i < pixels.length; i++) {
                if (reasons[i] == null) {
                    System.arraycopy(pixels[i], 0, all, to * Digits.PIXELS, Digits.PIXELS);
                    labels[to++] = (byte) pictures.get(i).digit();
                }
            }
            return new LabelledImages(Digits.SIDE, Digits.SIDE, all, labels);
        }

        int goodBefore(int end) {
            return (int) IntStream.range(0, end).filter(i -> reasons[i] == null).count();
        }

        PassedOver passedOver() {
            return new PassedOver(IntStream.range(0, pixels.length)
                    .filter(i -> reasons[i] != null)
                    .mapToObj(i -> pictures.get(i).file() + " " + reasons[i])
                    .toList());
        }
    }

    private Result read(Path path, List<Picture> pictures) {
        Result result = new Result(pictures, new byte[pictures.size()][], new String[pictures.size()]);
        IntStream.range(0, pictures.size())
                .parallel()
                .forEach(i -> PictureReader.read(pictures.get(i).file(), decoded -> keep(result, i, decoded)));
        PassedOver bad = result.passedOver();
        int limit = maxBadImages.orElse(PassedOver.limit(pictures.size()));
        if (bad.count() > limit || bad.count() == pictures.size()) {
            throw new DataException(path + ": " + bad.count() + " of " + pictures.size()
                    + " pictures can't be used, and " + limit + " may be; the first: "
                    + bad.lines().get(0)
                    + (bad.count() == pictures.size() ? "" : "; mend or remove them, or raise --max-bad-images"));
        }
        return result;
    }

    private static boolean keep(Result result, int i, Decoded decoded) {
        if (decoded instanceof Decoded.Unusable unusable) {
            result.reasons()[i] = unusable.reason();
            return false;
        }
        Optional<byte[]> digit = CentredDigit.of((Decoded.Picture) decoded);
        result.pixels()[i] = digit.orElse(new byte[0]);
        result.reasons()[i] = digit.isPresent() ? null : "is blank: it shows no digit; remove it";
        return digit.isPresent();
    }

    /** Every picture in a folder and below it. A folder that is named like a picture, and has none, is one that can't be read. */
    private static List<Path> files(Path folder) {
        List<Path> found = new ArrayList<>();
        try {
            Files.walkFileTree(folder, EnumSet.of(FileVisitOption.FOLLOW_LINKS), MAX_DEPTH, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                    if (!directory.equals(folder) && DigitFolders.isHidden(directory)) {
                        return FileVisitResult.SKIP_SUBTREE;
                    }
                    return directory.equals(folder) ? FileVisitResult.CONTINUE : consider(directory);
                }

                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                    return consider(file);
                }

                @Override
                public FileVisitResult visitFileFailed(Path file, IOException e) {
                    // A link that leads back, or to nothing, costs one file; a folder that is closed may cost a digit.
                    if (Files.isDirectory(file) && !(e instanceof FileSystemLoopException)) {
                        throw new DataException(file + " " + DataFile.reason(e), e);
                    }
                    return consider(file);
                }

                private FileVisitResult consider(Path file) {
                    if (isPicture(file) && !DigitFolders.isHidden(file)) {
                        found.add(file);
                    }
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new DataException(folder + " " + DataFile.reason(e), e);
        }
        found.sort(Comparator.naturalOrder());
        return found;
    }

    private static boolean isPicture(Path file) {
        return PICTURE.matcher(DigitFolders.name(file)).matches();
    }
}
