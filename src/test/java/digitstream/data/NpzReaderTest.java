package digitstream.data;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Archives as numpy.savez and numpy.savez_compressed write them. */
class NpzReaderTest {
    private static final LabelledImages TRAINING = ArrayFiles.TRAINING;
    private static final LabelledImages TEST = ArrayFiles.TEST;

    @TempDir
    private Path folder;

    private final List<String> messages = new ArrayList<>();

    @ParameterizedTest
    @CsvSource({
        "|u1,|u1,false,false",
        "|u1,<i8,false,true",
        "|u1,|u1,true,false",
        "<f4,>i4,true,true",
        ">u2,<i2,false,false"
    })
    void readsNumpyArchives(String pixelType, String labelType, boolean fortran, boolean stored) throws IOException {
        Map<String, byte[]> arrays = new LinkedHashMap<>();
        arrays.put("x_test", npy(pixelType, fortran, new int[] {TEST.size(), 28, 28}, TEST.pixels()));
        arrays.put("x_train", npy(pixelType, fortran, new int[] {TRAINING.size(), 784}, TRAINING.pixels()));
        arrays.put("y_train", npy(labelType, fortran, new int[] {TRAINING.size()}, TRAINING.labels()));
        arrays.put("y_test", npy(labelType, fortran, new int[] {TEST.size(), 1}, TEST.labels()));
        Pictures.write(folder.resolve("mnist.npz"), zip(arrays, stored));
        DigitData data = find();
        assertThat(data.training().sha256()).isEqualTo(TRAINING.sha256());
        assertThat(data.test().sha256()).isEqualTo(TEST.sha256());
    }

    @Test
    void scalesBoolsAndRefusesOtherPixelsFrom0To1() throws IOException {
        byte[] training = inked(TRAINING.pixels(), 1);
        byte[] test = inked(TEST.pixels(), 1);
        for (String type : List.of("|b1", "|u1", "<f4")) {
            Map<String, byte[]> arrays = new LinkedHashMap<>();
            arrays.put("x_train", npy(type, false, new int[] {TRAINING.size(), 28, 28}, training));
            arrays.put("x_test", npy(type, false, new int[] {TEST.size(), 28, 28}, test));
            arrays.put("y_train", npy("|u1", false, new int[] {TRAINING.size()}, TRAINING.labels()));
            arrays.put("y_test", npy("|u1", false, new int[] {TEST.size()}, TEST.labels()));
            if (type.equals("|b1")) {
                Pictures.write(folder.resolve("mnist.npz"), zip(arrays, false));
                assertThat(find().training().pixels()).isEqualTo(inked(TRAINING.pixels(), 255));
            } else {
                refuses(arrays, "the largest pixel of the training images is 1");
            }
        }
    }

    private static byte[] inked(byte[] pixels, int ink) {
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) ((pixels[i] & 0xff) > 127 ? ink : 0);
        }
        return pixels;
    }

    @Test
    void refusesNumpyArchivesWithOtherContent() throws IOException {
        Map<String, byte[]> arrays = new LinkedHashMap<>();
        arrays.put("x", npy("|u1", false, new int[] {1}, new byte[1]));
        refuses(arrays, "has no array x_train but [x]");
        arrays.put("x_train", npy("|u1", false, new int[] {TRAINING.size(), 28, 28}, TRAINING.pixels()));
        arrays.put("x_test", npy("|u1", false, new int[] {TEST.size(), 28, 28}, TEST.pixels()));
        arrays.put("y_train", npy("|u1", false, new int[] {TRAINING.size()}, TRAINING.labels()));
        arrays.put("y_test", npy("|O", false, new int[] {TEST.size()}, TEST.labels()));
        refuses(arrays, "holds y_test, which has numbers of type O");
        arrays.put("y_test", npy("|u1", false, new int[] {TEST.size() - 1}, TEST.labels()));
        refuses(arrays, "has 20 images in x_test, but y_test has the shape [19]");
        arrays.put("y_test", npy("|u1", false, new int[] {2_000_000_000, 2}, TEST.labels()));
        refuses(arrays, "holds y_test, which has the shape (2000000000, 2)");
        arrays.put("y_test", npy("|u1", false, new int[] {100_000_000}, TEST.labels()));
        refuses(arrays, "holds y_test, which is truncated");
        arrays.put("y_test", "no array".getBytes(UTF_8));
        refuses(arrays, "holds y_test, which is no NumPy array");
        Pictures.write(folder.resolve("mnist.npz"), "<html>".getBytes(UTF_8));
        assertThatThrownBy(this::find)
                .isInstanceOf(DataException.class)
                .hasMessageContaining("mnist.npz is an HTML page");
    }

    @Test
    void noticesADamagedByteInANumpyArchive() throws IOException {
        Map<String, byte[]> arrays = new LinkedHashMap<>();
        arrays.put("x_train", npy("|u1", false, new int[] {TRAINING.size(), 28, 28}, TRAINING.pixels()));
        byte[] file = zip(arrays, true);
        file[5_000] ^= 1;
        Pictures.write(folder.resolve("mnist.npz"), file);
        assertThatThrownBy(this::find).isInstanceOf(DataException.class).hasMessageContaining("checksum is wrong");
    }

    private void refuses(Map<String, byte[]> arrays, String reason) throws IOException {
        Path file = Pictures.write(folder.resolve("mnist.npz"), zip(arrays, false));
        assertThatThrownBy(this::find)
                .isInstanceOf(DataException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining(reason);
    }

    private DigitData find() {
        return sources().find(Optional.of(folder), Optional.empty());
    }

    private DigitSources sources() {
        return new DigitSources(folder.resolve("cache"), List.of(), messages::add);
    }

    /** An array as numpy.save writes it, from values in C order. */
    private static byte[] npy(String type, boolean fortran, int[] shape, byte[] values) {
        StringBuilder sides = new StringBuilder();
        for (int side : shape) {
            sides.append(side).append(", ");
        }
        String header = "{'descr': '" + type + "', 'fortran_order': " + (fortran ? "True" : "False") + ", 'shape': ("
                + sides.toString().strip() + "), }";
        if (shape.length > 1) {
            header = header.replace(",), }", "), }");
        }
        header = header + " ".repeat(63 - (10 + header.length()) % 64) + "\n";
        int bytes = type.charAt(type.length() - 1) - '0';
        bytes = bytes < 1 || bytes > 8 ? 1 : bytes;
        ByteBuffer out = ByteBuffer.allocate(10 + header.length() + values.length * bytes)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put("\u0093NUMPY\1\0".getBytes(ISO_8859_1))
                .putShort((short) header.length())
                .put(header.getBytes(ISO_8859_1));
        out.order(type.charAt(0) == '>' ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
        int columns = shape[0] == 0 ? 1 : values.length / shape[0];
        for (int i = 0; i < values.length; i++) {
            // The first dimension is the fastest in Fortran's order; the others are in reverse.
            int value = values[fortran ? index(i, shape, columns) : i] & 0xff;
            switch (bytes) {
                case 1 -> out.put((byte) value);
                case 2 -> out.putShort((short) value);
                case 4 -> {
                    if (type.contains("f")) {
                        out.putFloat(value);
                    } else {
                        out.putInt(value);
                    }
                }
                default -> out.putLong(value);
            }
        }
        return out.array();
    }

    private static int index(int fortranIndex, int[] shape, int columns) {
        int rest = fortranIndex;
        int index = 0;
        int weight = shape[0] * columns;
        for (int side : shape) {
            weight /= side;
            index += rest % side * weight;
            rest /= side;
        }
        return index;
    }

    private static byte[] zip(Map<String, byte[]> arrays, boolean stored) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream out = new ZipOutputStream(bytes)) {
            for (Map.Entry<String, byte[]> array : arrays.entrySet()) {
                ZipEntry entry = new ZipEntry(array.getKey() + ".npy");
                if (stored) {
                    CRC32 sum = new CRC32();
                    sum.update(array.getValue());
                    entry.setMethod(ZipEntry.STORED);
                    entry.setSize(array.getValue().length);
                    entry.setCrc(sum.getValue());
                }
                out.putNextEntry(entry);
                out.write(array.getValue());
                out.closeEntry();
            }
        }
        return bytes.toByteArray();
    }
}
