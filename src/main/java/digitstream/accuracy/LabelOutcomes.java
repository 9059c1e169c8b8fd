package digitstream.accuracy;

import digitstream.common.SaturatedMath;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Counts of labels by outcome. Each received label has exactly one outcome: received = matched + pending + orphaned +
 * duplicate + corrected + retracted. A retraction is received too, and counts as retracted like the label that it takes back.
 * Additive and immutable; a change may have negative counts.
 */
public record LabelOutcomes(
        long received, long matched, long pending, long orphaned, long duplicate, long corrected, long retracted) {
    public static final LabelOutcomes NONE = new LabelOutcomes(0, 0, 0, 0, 0, 0);

    static final LabelOutcomes MATCHED = new LabelOutcomes(1, 1, 0, 0, 0, 0);
    static final LabelOutcomes PENDING = new LabelOutcomes(1, 0, 1, 0, 0, 0);
    static final LabelOutcomes DUPLICATE = new LabelOutcomes(1, 0, 0, 0, 1, 0);
    static final LabelOutcomes CORRECTED = new LabelOutcomes(1, 0, 0, 0, 0, 1);
    static final LabelOutcomes RETRACTED = new LabelOutcomes(1, 0, 0, 0, 0, 0, 1);
    static final LabelOutcomes PENDING_TO_MATCHED = new LabelOutcomes(0, 1, -1, 0, 0, 0);

    /** Counts without retractions. */
    public LabelOutcomes(long received, long matched, long pending, long orphaned, long duplicate, long corrected) {
        this(received, matched, pending, orphaned, duplicate, corrected, 0);
    }

    /** The change when labels have waited for their prediction for too long. */
    public static LabelOutcomes orphaned(long labels) {
        return new LabelOutcomes(0, 0, -labels, labels, 0, 0);
    }

    public LabelOutcomes plus(LabelOutcomes other) {
        return new LabelOutcomes(
                SaturatedMath.add(received, other.received),
                SaturatedMath.add(matched, other.matched),
                SaturatedMath.add(pending, other.pending),
                SaturatedMath.add(orphaned, other.orphaned),
                SaturatedMath.add(duplicate, other.duplicate),
                SaturatedMath.add(corrected, other.corrected),
                SaturatedMath.add(retracted, other.retracted));
    }

    LabelOutcomes negated() {
        return new LabelOutcomes(-received, -matched, -pending, -orphaned, -duplicate, -corrected, -retracted);
    }

    /** Serializes the counts as zigzag varints. */
    public byte[] toBytes() {
        ByteBuffer out = ByteBuffer.allocate(70);
        for (long count : new long[] {received, matched, pending, orphaned, duplicate, corrected, retracted}) {
            Varint.put(out, count);
        }
        return Arrays.copyOf(out.array(), out.position());
    }

    /** Parses the output of {@link #toBytes()}, also of versions without retractions. */
    public static LabelOutcomes fromBytes(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        return new LabelOutcomes(
                Varint.get(in),
                Varint.get(in),
                Varint.get(in),
                Varint.get(in),
                Varint.get(in),
                Varint.get(in),
                in.hasRemaining() ? Varint.get(in) : 0);
    }
}
