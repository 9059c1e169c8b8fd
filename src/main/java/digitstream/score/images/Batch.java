package digitstream.score.images;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.rocksdb.WriteBatch;

/**
 * Builds a batch of writes in the serialized form of RocksDB's {@code WriteBatch}, in which a chunk's entries can be copied as
 * they are. One call instead of one for each state then hands it to RocksDB. The form is that of RocksDB's log files: a sequence
 * number of eight bytes, the number of writes in four, and for each write its kind, its column family, and key and value with their
 * lengths as varints.
 */
final class Batch {
    private static final int HEADER_BYTES = 12;
    private static final int COUNT_AT = 8;
    /** {@code kTypeColumnFamilyDeletion} and {@code kTypeColumnFamilyValue} in RocksDB's {@code dbformat.h}. */
    private static final byte DELETION = 0x4;

    private static final byte VALUE = 0x5;
    private static final int MAX_LENGTH_BYTES = 5;

    private byte[] bytes;
    private int size = HEADER_BYTES;
    private int count;

    /** A batch with room for about this number of bytes. It grows if it needs more. */
    Batch(int expectedBytes) {
        bytes = new byte[HEADER_BYTES + expectedBytes];
    }

    /** Adds all states of a chunk to a column family. */
    void putAll(int columnFamily, byte[] chunk) {
        StateChunk.Reader states = new StateChunk.Reader(chunk);
        while (states.next()) {
            int length = states.entryEnd() - states.entryStart();
            start(VALUE, columnFamily, length);
            append(chunk, states.entryStart(), length);
        }
    }

    void put(int columnFamily, byte[] key, byte[] value) {
        start(VALUE, columnFamily, key.length + value.length + 2 * MAX_LENGTH_BYTES);
        appendWithLength(key);
        appendWithLength(value);
    }

    void delete(int columnFamily, byte[] key) {
        start(DELETION, columnFamily, key.length + MAX_LENGTH_BYTES);
        appendWithLength(key);
    }

    boolean isEmpty() {
        return count == 0;
    }

    void clear() {
        size = HEADER_BYTES;
        count = 0;
    }

    /** The batch, for the caller to close. */
    WriteBatch toWriteBatch() {
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(COUNT_AT, count);
        return new WriteBatch(Arrays.copyOf(bytes, size));
    }

    private void start(byte kind, int columnFamily, int more) {
        int needed = size + 1 + MAX_LENGTH_BYTES + more;
        if (needed > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(needed, 2 * bytes.length));
        }
        bytes[size++] = kind;
        varint(columnFamily);
        count++;
    }

    private void appendWithLength(byte[] part) {
        varint(part.length);
        append(part, 0, part.length);
    }

    private void append(byte[] from, int start, int length) {
        System.arraycopy(from, start, bytes, size, length);
        size += length;
    }

    private void varint(int value) {
        int left = value;
        while (left > 0x7f) {
            bytes[size++] = (byte) (left | 0x80);
            left >>>= 7;
        }
        bytes[size++] = (byte) left;
    }
}
