package digitstream.data.files;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import digitstream.common.Excerpt;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An array in NumPy's format NPY (numpy.lib.format), of whole numbers 0 to 255, in C order; a bool is read as 0 or 255.
 *
 * @param shape the lengths of its dimensions
 * @param values uint8, the last dimension fastest
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared; a copy would double the memory.
public record NpyArray(List<Integer> shape, byte[] values) {
    private static final byte[] MAGIC = "\u0093NUMPY".getBytes(ISO_8859_1);
    private static final int MAX_HEADER_BYTES = 1 << 16;
    private static final int FIRST_BYTES = 1 << 20;
    private static final Pattern TYPE = Pattern.compile("'descr': *'([<>|=]?)([a-zA-Z])(\\d*)'");
    private static final Pattern ORDER = Pattern.compile("'fortran_order': *(True|False)");
    private static final Pattern SHAPE = Pattern.compile("'shape': *\\(([^)]*)\\)");

    public NpyArray {
        shape = List.copyOf(shape);
    }

    /**
     * Reads an array.
     *
     * @throws UnreadableFileException if it is something else; the message follows the array's name
     */
    public static NpyArray read(InputStream stream) throws IOException {
        DataInputStream in = new DataInputStream(stream);
        if (!Arrays.equals(in.readNBytes(MAGIC.length), MAGIC)) {
            throw new UnreadableFileException("is no NumPy array; download or copy it again");
        }
        int major = in.readUnsignedShort() >> 8;
        int length = major == 1
                ? Short.toUnsignedInt(Short.reverseBytes(in.readShort()))
                : Integer.reverseBytes(in.readInt());
        if (length < 0 || length > MAX_HEADER_BYTES) {
            throw new UnreadableFileException("declares a header of " + length + " bytes; download or copy it again");
        }
        String header = new String(in.readNBytes(length), ISO_8859_1);
        Matcher type = TYPE.matcher(header);
        Matcher order = ORDER.matcher(header);
        Matcher shape = SHAPE.matcher(header);
        if (!type.find() || !order.find() || !shape.find()) {
            throw new UnreadableFileException("has the header " + Excerpt.of(header.strip())
                    + ", which declares no array of numbers; save it as uint8");
        }
        List<Integer> sides = sides(shape.group(1));
        byte[] values = values(in, Item.of(type), count(sides));
        return new NpyArray(sides, order.group(1).equals("True") ? inC(values, sides) : values);
    }

    private static List<Integer> sides(String text) throws IOException {
        List<Integer> sides = new ArrayList<>();
        for (String side : text.split(",", -1)) {
            if (!side.isBlank()) {
                String digits = side.strip().replaceFirst("L$", "");
                if (!digits.matches("\\d{1,9}")) {
                    throw new UnreadableFileException("has the shape (" + Excerpt.of(text) + "); save it again");
                }
                sides.add(Integer.parseInt(digits));
            }
        }
        return sides;
    }

    private static int count(List<Integer> sides) throws IOException {
        long count = 1;
        for (int side : sides) {
            count *= side;
            if (count > Integer.MAX_VALUE - FIRST_BYTES) {
                throw new UnreadableFileException("declares more than 2 GB of numbers; save a part of it");
            }
        }
        return (int) count;
    }

    /** The type of a number: its kind, as NumPy writes it, its bytes and their order. */
    private record Item(char kind, int bytes, ByteOrder order) {
        static Item of(Matcher type) throws IOException {
            String kind = type.group(2);
            int bytes = type.group(3).isEmpty()
                    ? 1
                    : Integer.parseInt(Excerpt.of(type.group(3)).substring(0, 1));
            boolean isInteger = "uib".contains(kind) && List.of(1, 2, 4, 8).contains(bytes);
            boolean isFraction = kind.equals("f") && List.of(4, 8).contains(bytes);
            if (type.group(3).length() > 1 || !(isInteger || isFraction)) {
                throw new UnreadableFileException("has numbers of type " + Excerpt.of(kind + type.group(3))
                        + "; save it as uint8, with pixels from 0 to 255");
            }
            return new Item(
                    kind.charAt(0), bytes, type.group(1).equals(">") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
        }

        double value(ByteBuffer at) {
            return switch (bytes) {
                case 1 -> kind == 'b' ? (at.get() == 0 ? 0 : 255) : kind == 'i' ? at.get() : at.get() & 0xff;
                case 2 -> kind == 'i' ? at.getShort() : at.getShort() & 0xffff;
                case 4 -> kind == 'f' ? at.getFloat() : at.getInt();
                default -> kind == 'f' ? at.getDouble() : at.getLong();
            };
        }
    }

    private static byte[] values(InputStream in, Item item, int count) throws IOException {
        byte[] values = new byte[Math.min(count, FIRST_BYTES)];
        byte[] chunk = new byte[1 << 16];
        for (int done = 0; done < count; ) {
            int wanted = (int) Math.min(chunk.length, (long) (count - done) * item.bytes());
            int read = in.readNBytes(chunk, 0, wanted);
            if (read < wanted) {
                throw new UnreadableFileException("is truncated: it declares " + count + " numbers but has "
                        + (done + read / item.bytes()) + "; download or copy it again");
            }
            int next = wanted / item.bytes();
            if (done + next > values.length) {
                values = Arrays.copyOf(values, (int) Math.min(count, Math.max(2L * values.length, done + next)));
            }
            convert(ByteBuffer.wrap(chunk, 0, read).order(item.order()), item, values, done);
            done += next;
        }
        return values;
    }

    private static void convert(ByteBuffer chunk, Item item, byte[] values, int at) throws IOException {
        for (int i = at; chunk.hasRemaining(); i++) {
            double value = item.value(chunk);
            if (!(value >= 0 && value <= 255 && value == Math.rint(value))) {
                throw new UnreadableFileException("has the number " + value
                        + ", not a whole number from 0 to 255; save pixels as uint8, not scaled to 0 to 1");
            }
            values[i] = (byte) (int) value;
        }
    }

    /** Reorders an array in Fortran's order, where the first dimension is the fastest. */
    private static byte[] inC(byte[] values, List<Integer> sides) {
        byte[] ordered = new byte[values.length];
        int[] index = new int[sides.size()];
        for (byte value : values) {
            int to = 0;
            for (int d = 0; d < index.length; d++) {
                to = to * sides.get(d) + index[d];
            }
            ordered[to] = value;
            for (int d = 0; d < index.length && ++index[d] == sides.get(d); d++) {
                index[d] = 0;
            }
        }
        return ordered;
    }
}
