package digitstream.data;

import digitstream.common.Digits;
import digitstream.common.Excerpt;
import digitstream.data.files.DataFile;
import digitstream.data.pictures.Decoded;
import digitstream.data.pictures.PictureReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Reads pictures of any size and colour from one folder per digit, with training and test images in folders of their own or
 * together; see {@link PictureFolders}. If together, every seventh picture, by name, is a test image. Hidden files are skipped.
 * Pictures that can't be read are passed over, unless they are too many.
 */
final class ImageFolderReader implements DigitReader {

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
        List<Path> unused = new ArrayList<>(folders.without(path));
        List<Picture> training = pictures(folders.training(), unused);
        List<Picture> test =
                folders.test().map(folder -> pictures(folder, unused)).orElse(List.of());
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
                : DigitData.withTestEvery(DigitData.TEST_EVERY, path, origin, images);
        return leftOut(path, unused, training).map(data::withNote).orElse(data).with(result.passedOver());
    }

    private record Picture(Path file, int digit) {}

    /** Lists the pictures; adds the folders, and the links to folders, that have none of them to {@code unused}. */
    private static List<Picture> pictures(Path directory, List<Path> unused) {
        List<Picture> pictures = new ArrayList<>();
        Map<Path, Path> folders = new HashMap<>();
        for (Path folder : DigitFolders.in(directory)) {
            Path other = folders.putIfAbsent(real(folder), folder);
            if (other != null) {
                throw new DataException(folder + " and " + other + " are the same folder; remove the link");
            }
            int digit = DigitFolders.digit(folder).orElseThrow();
            PictureFiles files = PictureFiles.in(folder, digit);
            files.pictures().forEach(file -> pictures.add(new Picture(file, digit)));
            unused.addAll(files.links());
        }
        if (pictures.isEmpty()) {
            throw new DataException(directory + " has no pictures; put .png or .jpg files into its subfolders 0 to 9");
        }
        DigitFolders.visibleFolders(directory).stream()
                .filter(folder -> DigitFolders.digit(folder).isEmpty())
                .filter(folder -> !unused.contains(folder))
                .forEach(unused::add);
        return pictures;
    }

    private static Path real(Path folder) {
        try {
            return folder.toRealPath();
        } catch (IOException e) {
            throw new DataException(folder + " " + DataFile.reason(e), e);
        }
    }

    /** A note that names the folders that are not used and the digits of which there is no training picture. */
    private static Optional<String> leftOut(Path path, List<Path> unused, List<Picture> training) {
        List<String> parts = new ArrayList<>();
        if (!unused.isEmpty()) {
            parts.add("Not used in " + path + ": the folders "
                    + Excerpt.of(unused.stream()
                            .sorted()
                            .map(folder -> path.relativize(folder).toString())
                            .collect(Collectors.joining(", "))));
        }
        String missing = IntStream.range(0, Digits.CLASSES)
                .filter(digit -> training.stream().noneMatch(picture -> picture.digit() == digit))
                .mapToObj(String::valueOf)
                .collect(Collectors.joining(", "));
        if (!missing.isEmpty()) {
            parts.add("There are no training pictures of " + missing);
        }
        return parts.isEmpty() ? Optional.empty() : Optional.of(String.join(". ", parts));
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
}
