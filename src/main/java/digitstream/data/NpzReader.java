package digitstream.data;

import digitstream.common.Digits;
import digitstream.common.Excerpt;
import digitstream.data.files.DataFile;
import digitstream.data.files.ForeignContent;
import digitstream.data.files.NpyArray;
import digitstream.data.files.UnreadableFileException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * Reads NumPy archives with the arrays of Keras' {@code mnist.npz}: {@code x_train} and {@code x_test}, [N, 28, 28] or [N, 784], and
 * {@code y_train} and {@code y_test}, [N]. The names of MedMNIST, such as {@code train_images}, are read too.
 */
final class NpzReader implements DigitReader {
    private static final String ENDING = ".npz";

    @Override
    public boolean finds(Path path) {
        return isNpz(path) || !files(path).isEmpty();
    }

    @Override
    public DigitData read(Path path) {
        List<Path> files = isNpz(path) ? List.of(path) : files(path);
        if (files.size() > 1) {
            throw new DataException(path + " has " + files.size() + " .npz files; name the one to read");
        }
        Path file = files.get(0);
        try {
            requireZip(file);
            try (ZipFile zip = new ZipFile(file.toFile())) {
                Map<String, ZipEntry> arrays = arrays(zip);
                DigitData data = DigitData.of(
                        file,
                        "NumPy archive " + file,
                        images(zip, arrays, "x_train", "train_images", "y_train", "train_labels"),
                        images(zip, arrays, "x_test", "test_images", "y_test", "test_labels"));
                return Upright.of(data, file.toString());
            }
        } catch (IOException e) {
            throw new DataException(file + " " + DataFile.reason(e), e);
        }
    }

    private static void requireZip(Path file) throws IOException {
        byte[] head = DataFile.head(file);
        if (head.length < 2 || head[0] != 'P' || head[1] != 'K') {
            throw new UnreadableFileException(
                    ForeignContent.of(head).orElse("is not a NumPy archive; download or copy it again"));
        }
    }

    private static Map<String, ZipEntry> arrays(ZipFile zip) {
        Map<String, ZipEntry> arrays = new TreeMap<>();
        for (Enumeration<? extends ZipEntry> all = zip.entries(); all.hasMoreElements(); ) {
            ZipEntry entry = all.nextElement();
            arrays.put(entry.getName().toLowerCase(Locale.ROOT).replaceFirst("\\.npy$", ""), entry);
        }
        return arrays;
    }

    private static LabelledImages images(
            ZipFile zip, Map<String, ZipEntry> arrays, String x, String otherX, String y, String otherY)
            throws IOException {
        String images = arrays.containsKey(otherX) ? otherX : x;
        String labels = arrays.containsKey(otherY) ? otherY : y;
        NpyArray pixels = array(zip, arrays, images);
        NpyArray digits = array(zip, arrays, labels);
        List<Integer> shape = pixels.shape();
        int count = shape.isEmpty() ? 0 : shape.get(0);
        if (count == 0 || pixels.values().length != (long) count * Digits.PIXELS) {
            throw new UnreadableFileException(
                    "has " + images + " of shape " + shape + ", not [N, 28, 28]; save grey images of 28 by 28 pixels");
        }
        if (digits.values().length != count) {
            throw new UnreadableFileException("has " + count + " images in " + images + ", but " + labels
                    + " has the shape " + digits.shape() + "; there must be a label for each");
        }
        for (int i = 0; i < count; i++) {
            if (digits.values()[i] < 0 || digits.values()[i] >= Digits.CLASSES) {
                throw new UnreadableFileException(
                        "has the label " + (digits.values()[i] & 0xff) + " in " + labels + ", not a digit 0 to 9");
            }
        }
        return new LabelledImages(Digits.SIDE, Digits.SIDE, pixels.values(), digits.values());
    }

    private static NpyArray array(ZipFile zip, Map<String, ZipEntry> arrays, String name) throws IOException {
        ZipEntry entry = arrays.get(name);
        if (entry == null) {
            throw new UnreadableFileException("has no array " + name + " but "
                    + Excerpt.of(arrays.keySet().toString())
                    + "; save x_train, y_train, x_test and y_test with numpy.savez");
        }
        try (CheckedInputStream in =
                new CheckedInputStream(new BufferedInputStream(zip.getInputStream(entry)), new CRC32())) {
            NpyArray array = NpyArray.read(in);
            in.transferTo(OutputStream.nullOutputStream());
            if (in.getChecksum().getValue() != entry.getCrc()) {
                throw new UnreadableFileException("is damaged: its checksum is wrong; download or copy it again");
            }
            return array;
        } catch (IOException e) {
            throw new UnreadableFileException("holds " + name + ", which " + DataFile.reason(e));
        }
    }

    private static List<Path> files(Path directory) {
        return DigitFolders.visible(directory).stream().filter(NpzReader::isNpz).toList();
    }

    private static boolean isNpz(Path path) {
        return DigitFolders.name(path).endsWith(ENDING) && Files.isRegularFile(path);
    }
}
