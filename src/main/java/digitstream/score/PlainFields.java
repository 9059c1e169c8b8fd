package digitstream.score;

import java.util.Arrays;

/**
 * Reads Avro's binary encoding where it has the form that nearly all records have. Reports everything else as {@link #fails()}:
 * the caller then decodes the record in the general way, which knows what is wrong, if anything is. After a failure, all further
 * results are meaningless. Allocates nothing.
 */
final class PlainFields {
    private byte[] bytes = new byte[0];
    private int position;
    private boolean failed;

    /** Starts at an offset. */
    void start(byte[] value, int offset) {
        bytes = value;
        position = offset < 0 ? value.length : offset;
        failed = offset < 0;
    }

    boolean fails() {
        return failed;
    }

    /** Fails unless all bytes have been read. */
    void end() {
        failed |= position != bytes.length;
    }

    int position() {
        return position;
    }

    /** An integer of at most this number of bytes. */
    long number(int maxBytes) {
        long value = 0;
        for (int i = 0; i < maxBytes && position < bytes.length; i++) {
            byte next = bytes[position++];
            value |= (next & 0x7fL) << (7 * i);
            if (next >= 0) {
                return (value >>> 1) ^ -(value & 1);
            }
        }
        failed = true;
        return 0;
    }

    float real() {
        if (bytes.length - position < Float.BYTES) {
            failed = true;
            return 0;
        }
        int bits = (bytes[position] & 0xff)
                | ((bytes[position + 1] & 0xff) << 8)
                | ((bytes[position + 2] & 0xff) << 16)
                | (bytes[position + 3] << 24);
        position += Float.BYTES;
        return Float.intBitsToFloat(bits);
    }

    /** Fails unless a text of ASCII characters equals these bytes. */
    void asciiEquals(byte[] expected) {
        int start = text();
        if (failed || !Arrays.equals(bytes, start, position, expected, 0, expected.length)) {
            failed = true;
            return;
        }
        for (byte character : expected) {
            failed |= character < 0;
        }
    }

    /** Whether the bytes from the position on start with these; if so, moves behind them. */
    boolean startsWith(byte[] expected) {
        int end = position + expected.length;
        if (end > bytes.length || !Arrays.equals(bytes, position, end, expected, 0, expected.length)) {
            return false;
        }
        position = end;
        return true;
    }

    /** Moves behind a text of 1 to 256 bytes and returns where its bytes start. */
    int text() {
        long length = number(2);
        if (failed || length < 1 || length > MAX_TEXT_BYTES || length > bytes.length - position) {
            failed = true;
            return position;
        }
        int start = position;
        position += (int) length;
        return start;
    }

    private static final int MAX_TEXT_BYTES = 256;
}
