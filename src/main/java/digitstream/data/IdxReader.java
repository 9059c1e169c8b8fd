package digitstream.data;

import digitstream.data.files.DataFile;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Reads the four IDX files of MNIST, EMNIST or QMNIST, gzipped or not. The format: two zero bytes, a type (8: unsigned byte), the number of
 * dimensions, each dimension as a big-endian 32-bit integer, then the bytes.
 */
public final class IdxReader implements DigitReader {
    private static final int IMAGES = 0x00000803;
    private static final int LABELS = 0x00000801;
    private static final int EXTENDED_LABELS = 0x00000C02;
    private static final int MAX_SIDE = 1_000;
    /** The first allocation; more follows as the content arrives, so that a wrong size in the header costs no memory. */
    private static final int CHUNK = 1 << 20;

    @Override
    public boolean finds(Path path) {
        return IdxFiles.in(folder(path)).isPresent();
    }

    @Override
    public DigitData read(Path path) {
        Path folder = folder(path);
        IdxFiles files = IdxFiles.in(folder)
                .orElseThrow(() -> new DataException(
                        folder + " has no file train-images-idx3-ubyte[.gz];" + " put MNIST's four files there"));
        Path training = files.required(folder, "train-images");
        DigitData data = DigitData.of(
                folder,
                (files.set().isEmpty() ? "IDX files in " : "IDX files " + files.set() + "-* in ") + folder,
                images(training, files.required(folder, "train-labels")),
                images(files.required(folder, "t10k-images"), files.required(folder, "t10k-labels")));
        return Upright.of(data, training.toString());
    }

    /** The folder itself, or that of the file that is named. */
    private static Path folder(Path path) {
        Path parent = path.toAbsolutePath().getParent();
        return parent != null && Files.isRegularFile(path) && IdxFiles.isIdx(path) ? parent : path;
    }

    private static LabelledImages images(Path imageFile, Path labelFile) {
        byte[] labels = labels(labelFile);
        try (DataInputStream in = open(imageFile)) {
            requireMagic(imageFile, in.readInt(), IMAGES, "images");
            int count = in.readInt();
            int height = in.readInt();
            int width = in.readInt();
            if (width < 1 || width > MAX_SIDE || height < 1 || height > MAX_SIDE) {
                throw new DataException(imageFile + " declares images of " + width + " by " + height
                        + " pixels, not 1 to " + MAX_SIDE + " each way; download or copy it again");
            }
            if (count != labels.length) {
                throw new DataException(imageFile + " declares " + count + " images, but " + labelFile + " has "
                        + labels.length + " labels; download or copy both from the same source");
            }
            return new LabelledImages(width, height, body(imageFile, in, (long) count * width * height), labels);
        } catch (IOException e) {
            throw unreadable(imageFile, e);
        }
    }

    private static byte[] labels(Path file) {
        try (DataInputStream in = open(file)) {
            int magic = in.readInt();
            byte[] labels = magic == EXTENDED_LABELS ? extendedLabels(file, in) : plainLabels(file, in, magic);
            for (int i = 0; i < labels.length; i++) {
                if (labels[i] < 0 || labels[i] > 9) {
                    throw new DataException(file + ": label " + i + " is " + (labels[i] & 0xff)
                            + ", not a digit 0 to 9; these are not labels of digits");
                }
            }
            return labels;
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    private static byte[] plainLabels(Path file, DataInputStream in, int magic) throws IOException {
        requireMagic(file, magic, LABELS, "labels");
        return body(file, in, in.readInt());
    }

    /** QMNIST's labels: eight 32-bit integers for each image, of which the first is the digit. */
    private static byte[] extendedLabels(Path file, DataInputStream in) throws IOException {
        int count = in.readInt();
        int columns = in.readInt();
        if (columns < 1 || columns > MAX_SIDE) {
            throw new DataException(file + " declares " + columns + " columns of labels; download or copy it again");
        }
        byte[] body = body(file, in, (long) count * columns * Integer.BYTES);
        byte[] labels = new byte[count];
        for (int i = 0; i < count; i++) {
            int label = ByteBuffer.wrap(body).getInt(i * columns * Integer.BYTES);
            labels[i] = (byte) (label < 0 || label > 9 ? Byte.MAX_VALUE : label);
        }
        return labels;
    }

    private static byte[] body(Path file, InputStream in, long declared) throws IOException {
        int maxBytes = Integer.MAX_VALUE - CHUNK;
        if (declared < 1 || declared > maxBytes) {
            throw new DataException(
                    file + " declares " + declared + " bytes, not 1 to " + maxBytes + "; download or copy it again");
        }
        byte[] body = new byte[(int) Math.min(CHUNK, declared)];
        for (int read = 0; read < declared; ) {
            if (read == body.length) {
                body = Arrays.copyOf(body, (int) Math.min(2L * read, declared));
            }
            int more = in.read(body, read, body.length - read);
            if (more < 0) {
                throw new DataException(file + " is truncated: it declares " + declared + " bytes but has " + read
                        + "; download or copy it again");
            }
            read += more;
        }
        if (in.read() >= 0) {
            throw new DataException(
                    file + " has more than the " + declared + " bytes that it declares; download or copy it again");
        }
        return body;
    }

    private static DataInputStream open(Path file) throws IOException {
        return new DataInputStream(DataFile.open(file));
    }

    private static void requireMagic(Path file, int found, int expected, String what) {
        if (found != expected) {
            throw new DataException(String.format(
                    "%s is not an IDX file of %s: it starts with %08x, not %08x", file, what, found, expected));
        }
    }

    private static DataException unreadable(Path file, IOException e) {
        return new DataException(file + " " + DataFile.reason(e), e);
    }
}
