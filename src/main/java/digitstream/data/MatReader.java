package digitstream.data;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import digitstream.common.Digits;
import digitstream.data.files.DataFile;
import digitstream.data.files.ForeignContent;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import us.hebi.matlab.mat.format.BufferAllocator;
import us.hebi.matlab.mat.format.Mat5;
import us.hebi.matlab.mat.format.Mat5File;
import us.hebi.matlab.mat.types.Array;
import us.hebi.matlab.mat.types.MatlabType;
import us.hebi.matlab.mat.types.Matrix;
import us.hebi.matlab.mat.types.Source;
import us.hebi.matlab.mat.types.Sources;
import us.hebi.matlab.mat.types.Struct;

/**
 * Reads the file {@code mnist-original.mat} that many tutorials use. It is in MATLAB's level 5 format: {@code data}, uint8
 * [784, N] with one image per column (pixels row by row), and {@code label}, double [1, N]. With MNIST's 70,000 images, the
 * first 60,000 are the training images, as in the file; otherwise every seventh image is a test image. EMNIST's own files, such as
 * {@code emnist-digits.mat}, are read too.
 */
final class MatReader implements DigitReader {
    private static final String EMNIST = "dataset";
    private static final Set<String> VARIABLES = Set.of("data", "label", EMNIST);
    /** More than ten times MNIST. A header that declares more is rejected before memory is allocated. */
    private static final int MAX_BYTES = 640 << 20;

    @Override
    public boolean finds(Path path) {
        return isMat(path) || !files(path).isEmpty();
    }

    @Override
    public DigitData read(Path path) {
        Path file = isMat(path) ? path : onlyFile(path);
        requireLevel5(file);
        try (Source source = Sources.openFile(file.toFile());
                Mat5File content = Mat5.newReader(source)
                        .setBufferAllocator(new Limited(file))
                        .setMaxInflateBufferSize(MAX_BYTES)
                        .disableSubsystemProcessing()
                        .setEntryFilter(entry -> VARIABLES.contains(entry.getName()))
                        .readMat()) {
            return Upright.of(data(file, content), file.toString());
        } catch (DataException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            // On damaged files, the library throws unspecific exceptions: buffer underflow, negative size.
            throw new DataException(
                    file + " is not a MATLAB 5 file, or is truncated or damaged (" + e + "); download or copy it again",
                    e);
        }
    }

    /** Fails for what only has the ending, and for MATLAB's newer format, which is HDF5. */
    private static void requireLevel5(Path file) {
        try {
            byte[] head = DataFile.head(file);
            if (new String(head, ISO_8859_1).startsWith("MATLAB 7.3")) {
                throw new DataException(file + " is not a MATLAB 5 file but one of format 7.3 (HDF5), which is not"
                        + " read; save it with save(..., '-v7') in MATLAB, or export it as CSV or NPZ");
            }
            ForeignContent.of(head).ifPresent(what -> {
                throw new DataException(file + " is not a MATLAB 5 file: it " + what);
            });
        } catch (IOException e) {
            throw new DataException(file + " " + DataFile.reason(e), e);
        }
    }

    private static DigitData data(Path file, Mat5File content) {
        String origin = "MATLAB file " + file;
        for (var entry : content.getEntries()) {
            if (entry.getName().equals(EMNIST) && entry.getValue() instanceof Struct dataset) {
                return DigitData.of(file, origin, part(file, dataset, "train"), part(file, dataset, "test"));
            }
        }
        LabelledImages all =
                images(file, matrix(file, content, "data", MatlabType.UInt8), matrix(file, content, "label", null));
        return DigitData.divided(file, origin, all);
    }

    /** A part of EMNIST's variable {@code dataset}: {@code images}, uint8 [N, 784], and {@code labels}, [N, 1]. */
    private static LabelledImages part(Path file, Struct dataset, String name) {
        Struct part = dataset.getStruct(name);
        return images(file, part.getMatrix("images"), part.getMatrix("labels"));
    }

    /** Takes one image per column, or one per row, whichever has 784 pixels. */
    private static LabelledImages images(Path file, Matrix data, Matrix label) {
        boolean inColumns = data.getNumRows() == Digits.PIXELS;
        int count = inColumns ? data.getNumCols() : data.getNumRows();
        if ((!inColumns && data.getNumCols() != Digits.PIXELS)
                || Math.min(label.getNumRows(), label.getNumCols()) != 1
                || label.getNumElements() != count
                || data.getType() != MatlabType.UInt8) {
            throw new DataException(file + " has data of " + dimensions(data) + " and label of " + dimensions(label)
                    + ", not " + Digits.PIXELS + " by N of uint8 and 1 by N; download or copy it again");
        }
        byte[] pixels = new byte[count * Digits.PIXELS];
        byte[] labels = new byte[count];
        for (int image = 0; image < count; image++) {
            for (int i = 0; i < Digits.PIXELS; i++) {
                pixels[image * Digits.PIXELS + i] = inColumns ? data.getByte(i, image) : data.getByte(image, i);
            }
            labels[image] = digit(file, image, label.getDouble(image));
        }
        return new LabelledImages(Digits.SIDE, Digits.SIDE, pixels, labels);
    }

    /** Returns a variable; of any type of numbers if {@code type} is null. */
    private static Matrix matrix(Path file, Mat5File content, String name, @Nullable MatlabType type) {
        for (var entry : content.getEntries()) {
            if (entry.getName().equals(name)) {
                Array array = entry.getValue();
                if (array instanceof Matrix matrix
                        && (type == null || matrix.getType() == type)
                        && matrix.getNumDimensions() == 2) {
                    return matrix;
                }
                throw new DataException(
                        file + " has a '" + name + "' of type " + array.getType() + " with " + array.getNumDimensions()
                                + " dimensions, not " + (type == null ? "numbers" : type) + " with 2");
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
        return DigitFolders.visible(directory).stream().filter(MatReader::isMat).toList();
    }

    private static boolean isMat(Path path) {
        return DigitFolders.name(path).endsWith(".mat") && Files.isRegularFile(path);
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
