package digitstream.data;

import digitstream.common.Digits;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;

/**
 * Reads pictures of any size and colour from one folder per digit: {@code <folder>/<0 to 9>/*.png}, {@code .jpg} or
 * {@code .jpeg}. If {@code <folder>/train/<0 to 9>/} exists, training images come from there and test images from
 * {@code <folder>/test/<0 to 9>/}; otherwise every seventh picture, by name, is a test image.
 */
final class ImageFolderReader implements DigitReader {
    private static final int TEST_EVERY = 7;
    /** Maximum width and height in pixels; a small file can declare a picture that exceeds memory. */
    private static final int MAX_SIDE = 4_096;

    @Override
    public boolean finds(Path path) {
        return hasDigits(path) || hasDigits(path.resolve("train"));
    }

    @Override
    public DigitData read(Path path) {
        String name = "pictures";
        String origin = "pictures in " + path;
        if (hasDigits(path.resolve("train"))) {
            return new DigitData(name, origin, images(path.resolve("train")), images(path.resolve("test")));
        }
        return DigitData.withTestEvery(TEST_EVERY, name, origin, images(path));
    }

    private static boolean hasDigits(Path path) {
        return IntStream.range(0, Digits.CLASSES).anyMatch(digit -> Files.isDirectory(path.resolve("" + digit)));
    }

    private record Picture(Path file, int digit) {}

    private static LabelledImages images(Path directory) {
        List<Picture> pictures = new ArrayList<>();
        for (int digit = 0; digit < Digits.CLASSES; digit++) {
            Path folder = directory.resolve("" + digit);
            if (Files.isDirectory(folder)) {
                for (Path file : files(folder)) {
                    pictures.add(new Picture(file, digit));
                }
            }
        }
        if (pictures.isEmpty()) {
            throw new DataException(directory + " has no pictures; put .png or .jpg files into its subfolders 0 to 9");
        }
        byte[] pixels = new byte[Math.multiplyExact(pictures.size(), Digits.PIXELS)];
        byte[] labels = new byte[pictures.size()];
        IntStream.range(0, pictures.size()).parallel().forEach(i -> {
            byte[] digit = read(pictures.get(i));
            System.arraycopy(digit, 0, pixels, i * digit.length, digit.length);
            labels[i] = (byte) pictures.get(i).digit();
        });
        return new LabelledImages(Digits.SIDE, Digits.SIDE, pixels, labels);
    }

    private static byte[] read(Picture picture) {
        Path file = picture.file();
        return CentredDigit.of(decoded(file))
                .orElseThrow(() -> new DataException(file + " is blank: it shows no digit; remove it"));
    }

    private static BufferedImage decoded(Path file) {
        try (ImageInputStream in = ImageIO.createImageInputStream(file.toFile())) {
            var readers = in == null ? null : ImageIO.getImageReaders(in);
            if (readers == null || !readers.hasNext()) {
                throw new DataException(file + " is not a PNG or JPEG picture; remove it or copy it again");
            }
            ImageReader reader = readers.next();
            List<String> warnings = new ArrayList<>();
            try {
                reader.setInput(in, true, true);
                // For a truncated JPEG, ImageIO only warns and fills the rest with grey.
                reader.addIIOReadWarningListener((source, warning) -> warnings.add(warning));
                int width = reader.getWidth(0);
                int height = reader.getHeight(0);
                if (width > MAX_SIDE || height > MAX_SIDE) {
                    throw new DataException(file + " is " + width + " by " + height + " pixels; the limit is "
                            + MAX_SIDE + " by " + MAX_SIDE);
                }
                BufferedImage image = reader.read(0);
                if (!warnings.isEmpty()) {
                    throw damaged(file, new IOException(warnings.get(0)));
                }
                return image;
            } finally {
                reader.dispose();
            }
        } catch (DataException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            throw damaged(file, e);
        }
    }

    private static DataException damaged(Path file, Exception e) {
        return new DataException(
                file + " is truncated or damaged (" + e.getMessage() + "); remove it or copy it again", e);
    }

    private static List<Path> files(Path folder) {
        try (Stream<Path> all = Files.list(folder)) {
            return all.filter(ImageFolderReader::isPicture).sorted().toList();
        } catch (IOException e) {
            throw new DataException(folder + " can't be read: " + e, e);
        }
    }

    private static boolean isPicture(Path file) {
        String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
        return name.endsWith(".png") || name.endsWith(".jpg") || name.endsWith(".jpeg");
    }
}
