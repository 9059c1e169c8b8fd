package digitstream.data;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * Reads the four IDX files of MNIST, gzipped or not. The format: two zero bytes, a type (8: unsigned byte), the number of
 * dimensions, each dimension as a big-endian 32-bit integer, then the bytes.
 */
public final class IdxReader implements DigitReader {
    private static final int IMAGES = 0x00000803;
    private static final int LABELS = 0x00000801;
    private static final int MAX_SIDE = 1_000;
    /** Bytes per read, so that memory grows with the actual content and not with the size in the header. */
    private static final int CHUNK = 1 << 20;

    private static final List<String> NAMES = List.of("train-images", "train-labels", "t10k-images", "t10k-labels");

    @Override
    public boolean finds(Path directory) {
        return NAMES.stream().anyMatch(name -> file(directory, name).isPresent());
    }

    @Override
    public DigitData read(Path directory) {
        return new DigitData(
                "mnist",
                "IDX files in " + directory,
                images(required(directory, "train-images"), required(directory, "train-labels")),
                images(required(directory, "t10k-images"), required(directory, "t10k-labels")));
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
            requireMagic(file, in.readInt(), LABELS, "labels");
            byte[] labels = body(file, in, in.readInt());
            for (int i = 0; i < labels.length; i++) {
                if (labels[i] < 0 || labels[i] > 9) {
                    throw new DataException(
                            file + ": label " + i + " is " + (labels[i] & 0xff) + ", not a digit 0 to 9");
                }
            }
            return labels;
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    private static byte[] body(Path file, InputStream in, long declared) throws IOException {
        int maxBytes = Integer.MAX_VALUE - CHUNK;
        if (declared < 1 || declared > maxBytes) {
            throw new DataException(
                    file + " declares " + declared + " bytes, not 1 to " + maxBytes + "; download or copy it again");
        }
        java.io.ByteArrayOutputStream out = new java.io.ByteArrayOutputStream(CHUNK);
        while (out.size() < declared) {
            byte[] chunk = in.readNBytes((int) Math.min(CHUNK, declared - out.size()));
            if (chunk.length == 0) {
                throw new DataException(file + " is truncated: it declares " + declared + " bytes but has " + out.size()
                        + "; download or copy it again");
            }
            out.write(chunk);
        }
        if (in.read() >= 0) {
            throw new DataException(
                    file + " has more than the " + declared + " bytes that it declares; download or copy it again");
        }
        return out.toByteArray();
    }

    private static DataInputStream open(Path file) throws IOException {
        InputStream raw = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
        try {
            return new DataInputStream(
                    file.toString().endsWith(".gz")
                            ? new BufferedInputStream(new GZIPInputStream(raw, 1 << 16), 1 << 16)
                            : raw);
        } catch (IOException e) {
            raw.close();
            throw e;
        }
    }

    private static void requireMagic(Path file, int found, int expected, String what) {
        if (found != expected) {
            throw new DataException(String.format(
                    "%s is not an IDX file of %s: it starts with %08x, not %08x", file, what, found, expected));
        }
    }

    private static DataException unreadable(Path file, IOException e) {
        if (e instanceof EOFException || e instanceof ZipException) {
            return new DataException(
                    file + " is truncated or damaged (" + e.getMessage() + "); download or copy it again", e);
        }
        return new DataException(file + " can't be read: " + e, e);
    }

    private static Path required(Path directory, String name) {
        return file(directory, name)
                .orElseThrow(() -> new DataException(
                        directory + " has no file " + name + "-idx*-ubyte[.gz]; put MNIST's four files there"));
    }

    private static Optional<Path> file(Path directory, String name) {
        String dimensions = name.endsWith("images") ? "idx3" : "idx1";
        return Stream.of("-" + dimensions + "-ubyte", "." + dimensions + "-ubyte")
                .flatMap(ending -> Stream.of(ending, ending + ".gz"))
                .map(ending -> directory.resolve(name + ending))
                .filter(Files::isRegularFile)
                .findFirst();
    }
}
