package digitstream.score.images;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.apache.kafka.common.utils.Bytes;

/**
 * Many states in one record of the changelog. A chunk belongs to an arrival bucket and expires with it: all its states were
 * last touched in this bucket or before.
 *
 * <p>The key is {@link #MARK}, which no image id in UTF-8 contains, the end of the bucket in milliseconds, and a number that is
 * unique in the bucket. So a compacted topic keeps each chunk until its key is deleted. The value is a format byte, then for each
 * state the length and bytes of its image id and the length and bytes of the state. Lengths are unsigned varints.
 */
public final class StateChunk {
    /** The most bytes of a chunk, unless a single state is larger. Well below Kafka's default limit of a request. */
    public static final int MAX_BYTES = 256 << 10;

    private static final byte MARK = (byte) 0xff;
    private static final int KEY_BYTES = 1 + Long.BYTES + Integer.BYTES;
    private static final byte FORMAT = 1;
    private static final int MAX_LENGTH_BYTES = 5;

    private ByteBuffer out = ByteBuffer.allocate(MAX_BYTES);

    /** An empty chunk. */
    public StateChunk() {
        clear();
    }

    /** The key of a chunk. */
    public static byte[] key(long bucketEndMillis, int number) {
        return ByteBuffer.allocate(KEY_BYTES)
                .put(MARK)
                .putLong(bucketEndMillis)
                .putInt(number)
                .array();
    }

    static boolean isKey(byte[] key) {
        return key.length == KEY_BYTES && key[0] == MARK;
    }

    static long bucketEndMillis(byte[] key) {
        return ByteBuffer.wrap(key).getLong(1);
    }

    /**
     * Adds a state, unless the chunk is full.
     *
     * @param state a buffer with an array, from its position to its limit, which the method does not change
     * @return whether the state was added
     */
    public boolean add(byte[] imageId, ByteBuffer state) {
        int size = imageId.length + state.remaining() + 2 * MAX_LENGTH_BYTES;
        if (size > out.remaining()) {
            if (!isEmpty()) {
                return false;
            }
            out = ByteBuffer.allocate(1 + size).put(FORMAT);
        }
        putLength(imageId.length);
        out.put(imageId);
        putLength(state.remaining());
        out.put(state.array(), state.arrayOffset() + state.position(), state.remaining());
        return true;
    }

    public boolean isEmpty() {
        return out.position() == 1;
    }

    /** The chunk's bytes, in a new array. */
    public byte[] toBytes() {
        return Arrays.copyOf(out.array(), out.position());
    }

    /** Removes all states. */
    public void clear() {
        out = (out.capacity() == MAX_BYTES ? out : ByteBuffer.allocate(MAX_BYTES))
                .clear()
                .put(FORMAT);
    }

    private void putLength(int length) {
        int left = length;
        while (left > 0x7f) {
            out.put((byte) (left | 0x80));
            left >>>= 7;
        }
        out.put((byte) left);
    }

    /** Reads the states of a chunk one after the other. */
    static final class Reader {
        private final byte[] bytes;
        private int position = 1;
        private int entryStart;
        private int idStart;
        private int idEnd;
        private int stateStart;

        Reader(byte[] chunk) {
            if (chunk[0] != FORMAT) {
                throw new IllegalArgumentException(
                        "unknown format of a chunk of states; format " + FORMAT + " is supported");
            }
            this.bytes = chunk;
        }

        /** Moves to the next state. */
        boolean next() {
            if (position == bytes.length) {
                return false;
            }
            entryStart = position;
            int idLength = length();
            idStart = position;
            idEnd = idStart + idLength;
            position = idEnd;
            int stateLength = length();
            stateStart = position;
            position += stateLength;
            return true;
        }

        /** Where the two lengths, the id and the state start, up to {@link #entryEnd()}. */
        int entryStart() {
            return entryStart;
        }

        int entryEnd() {
            return position;
        }

        int idStart() {
            return idStart;
        }

        int idEnd() {
            return idEnd;
        }

        Bytes id() {
            return Bytes.wrap(Arrays.copyOfRange(bytes, idStart, idEnd));
        }

        byte[] state() {
            return Arrays.copyOfRange(bytes, stateStart, position);
        }

        private int length() {
            int value = 0;
            int shift = 0;
            byte next;
            do {
                next = bytes[position++];
                value |= (next & 0x7f) << shift;
                shift += 7;
            } while (next < 0);
            return value;
        }
    }
}
