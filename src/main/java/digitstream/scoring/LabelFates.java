package digitstream.scoring;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * What became of the labels of a stream. Every label that was received is exactly one of the others: received = matched +
 * pending + orphaned + duplicate + corrected. Additive; never changes.
 */
public record LabelFates(long received, long matched, long pending, long orphaned, long duplicate, long corrected) {
    public static final LabelFates NONE = new LabelFates(0, 0, 0, 0, 0, 0);

    static final LabelFates MATCHED = new LabelFates(1, 1, 0, 0, 0, 0);
    static final LabelFates PENDING = new LabelFates(1, 0, 1, 0, 0, 0);
    static final LabelFates DUPLICATE = new LabelFates(1, 0, 0, 0, 1, 0);
    static final LabelFates CORRECTED = new LabelFates(1, 0, 0, 0, 0, 1);
    static final LabelFates PENDING_TO_MATCHED = new LabelFates(0, 1, -1, 0, 0, 0);
    static final LabelFates PENDING_TO_ORPHANED = new LabelFates(0, 0, -1, 1, 0, 0);

    public LabelFates plus(LabelFates other) {
        return new LabelFates(
                received + other.received,
                matched + other.matched,
                pending + other.pending,
                orphaned + other.orphaned,
                duplicate + other.duplicate,
                corrected + other.corrected);
    }

    /** The counts as zigzag varints. */
    public byte[] toBytes() {
        ByteBuffer out = ByteBuffer.allocate(60);
        for (long count : new long[] {received, matched, pending, orphaned, duplicate, corrected}) {
            Varint.put(out, count);
        }
        return Arrays.copyOf(out.array(), out.position());
    }

    /** Reads what {@link #toBytes()} wrote. */
    public static LabelFates fromBytes(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        return new LabelFates(
                Varint.get(in), Varint.get(in), Varint.get(in), Varint.get(in), Varint.get(in), Varint.get(in));
    }
}
