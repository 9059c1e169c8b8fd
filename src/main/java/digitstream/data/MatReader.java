package digitstream.data;

import digitstream.common.Digits;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import us.hebi.matlab.mat.format.BufferAllocator;
import us.hebi.matlab.mat.format.Mat5;
import us.hebi.matlab.mat.format.Mat5File;
import us.hebi.matlab.mat.types.Array;
import us.hebi.matlab.mat.types.MatlabType;
import us.hebi.matlab.mat.types.Matrix;
import us.hebi.matlab.mat.types.Source;
import us.hebi.matlab.mat.types.Sources;

/**
 * Reads the file {@code mnist-original.mat} that many tutorials use. It is in MATLAB's level 5 format: {@code data}, uint8
 * [784, N] with one image per column (pixels row by row), and {@code label}, double [1, N]. With MNIST's 70,000 images, the
 * first 60,000 are the training images, as in the file; otherwise every seventh image is a test image.
 */
final class MatReader implements DigitReader {
    private static final int MNIST_IMAGES = 70_000;
    private static final int MNIST_TRAINING_IMAGES = 60_000;
    private static final int TEST_EVERY = 7;
    /** More than ten times MNIST. A header that declares more is rejected before memory is allocated. */
    private static final int MAX_BYTES = 640 << 20;

    @Override
    public boolean finds(Path path) {
        return isMat(path) || (Files.isDirectory(path) && !files(path).isEmpty());
    }

    @Override
    public DigitData read(Path path) {
        Path file = isMat(path) ? path : onlyFile(path);
        LabelledImages all = images(file);
        String origin = "MATLAB file " + file;
        return all.size() == MNIST_IMAGES
                ? new DigitData(
                        "mnist",
                        origin,
                        all.slice(0, MNIST_TRAINING_IMAGES),
                        all.slice(MNIST_TRAINING_IMAGES, MNIST_IMAGES))
                : DigitData.withTestEvery(TEST_EVERY, "mat", origin, all);
    }

    private static LabelledImages images(Path file) {
        try (Source source = Sources.openFile(file.toFile());
                Mat5File content = Mat5.newReader(source)
                        .setBufferAllocator(new Limited(file))
                        .setMaxInflateBufferSize(MAX_BYTES)
                        .disableSubsystemProcessing()
                        .setEntryFilter(entry -> entry.getName().equals("data")
                                || entry.getName().equals("label"))
                        .readMat()) {
            Matrix data = matrix(file, content, "data", MatlabType.UInt8);
            Matrix label = matrix(file, content, "label", MatlabType.Double);
            int count = data.getNumCols();
            if (data.getNumRows() != Digits.PIXELS || label.getNumRows() != 1 || label.getNumCols() != count) {
                throw new DataException(file + " has data of " + dimensions(data) + " and label of " + dimensions(label)
                        + ", not " + Digits.PIXELS + " by N and 1 by N; download or copy it again");
            }
            byte[] pixels = new byte[count * Digits.PIXELS];
            for (int i = 0; i < pixels.length; i++) {
                pixels[i] = data.getByte(i);
            }
            byte[] labels = new byte[count];
            for (int i = 0; i < count; i++) {
                labels[i] = digit(file, i, label.getDouble(i));
            }
            return new LabelledImages(Digits.SIDE, Digits.SIDE, pixels, labels);
        } catch (DataException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            // On damaged files, the library throws unspecific exceptions: buffer underflow, negative size.
            throw new DataException(
                    file + " is not a MATLAB 5 file, or is truncated or damaged (" + e + "); download or copy it again",
                    e);
        }
    }

    private static Matrix matrix(Path file, Mat5File content, String name, MatlabType type) {
        for (var entry : content.getEntries()) {
            if (entry.getName().equals(name)) {
                Array array = entry.getValue();
                if (array instanceof Matrix matrix && matrix.getType() == type && matrix.getNumDimensions() == 2) {
                    return matrix;
                }
                throw new DataException(file + " has a '" + name + "' of type " + array.getType() + " with "
                        + array.getNumDimensions() + " dimensions, not " + type + " with 2");
            }
        }
        throw new DataException(file + " has no variable '" + name + "'; it must have 'data' and 'label'");
    }

    private static byte digit(Path file, int index, double value) {
        if (value != Math.rint(value) || value < 0 || value > 9) {
            throw new DataException(file + ": label " + index + " is " + value + ", not a digit 0 to 9");
        }
        return (byte) value;
    }

    private static String dimensions(Array array) {
        return array.getNumRows() + " by " + array.getNumCols();
    }

    private static Path onlyFile(Path directory) {
        List<Path> files = files(directory);
        if (files.size() > 1) {
            throw new DataException(
                    directory + " has " + files.size() + " .mat files; pass the path of the one to read");
        }
        return files.get(0);
    }

    private static List<Path> files(Path directory) {
        try (Stream<Path> all = Files.list(directory)) {
            return new ArrayList<>(all.filter(MatReader::isMat).toList());
        } catch (IOException e) {
            throw new DataException(directory + " can't be read: " + e, e);
        }
    }

    private static boolean isMat(Path path) {
        return path.toString().endsWith(".mat") && Files.isRegularFile(path);
    }

    /** Limits the memory that a damaged header can request. */
    private record Limited(Path file) implements BufferAllocator {
        @Override
        public ByteBuffer allocate(int bytes) {
            if (bytes < 0 || bytes > MAX_BYTES) {
                throw new DataException(file + " declares an array of " + Integer.toUnsignedLong(bytes)
                        + " bytes, over the limit of " + MAX_BYTES + "; download or copy it again");
            }
            return ByteBuffer.allocate(bytes);
        }

        @Override
        public void release(ByteBuffer buffer) {}
    }
}
