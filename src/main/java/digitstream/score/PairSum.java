package digitstream.score;

import digitstream.challenge.PairCounts;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Comparator;
import java.util.Map;

/**
 * The counts of a pair in one partition, or in all.
 *
 * @param counts not changed in place
 * @param changedAtMillis when they last changed, by the scorer's clock
 */
record PairSum(PairCounts counts, long changedAtMillis) {
    /**
     * How many pairs are kept: predictions come from other programs too, and may name any number of versions. Each takes 0.4 kB in
     * a partition and a millisecond when it is published.
     */
    static final int MAX_KEPT = 100;

    static final PairSum NONE = new PairSum(new PairCounts(), Long.MIN_VALUE);

    private static final byte FORMAT = 1;

    /** Changes in the same ten minutes count as equally recent, so that a burst of strange versions replaces no busy pair. */
    private static final long SAME_TIME_MILLIS = Duration.ofMinutes(10).toMillis();

    private static final Comparator<PairSum> LEAST_USED_FIRST = Comparator.comparingLong(
                    (PairSum sum) -> Math.floorDiv(sum.changedAtMillis, SAME_TIME_MILLIS))
            .thenComparingLong(sum -> sum.counts.total().labelled());

    /** Adds a change. What was counted before the pair was forgotten can't be taken back: a count does not fall below 0. */
    PairSum plus(PairCounts change, long nowMillis) {
        PairCounts sum = PairCounts.of(counts.toArray());
        sum.add(change);
        long[] cells = sum.toArray();
        for (int i = 0; i < cells.length; i++) {
            cells[i] = Math.max(0, cells[i]);
        }
        return new PairSum(PairCounts.of(cells), nowMillis);
    }

    /** The counts of two partitions. */
    PairSum plus(PairSum other) {
        PairCounts sum = PairCounts.of(counts.toArray());
        sum.add(other.counts);
        return new PairSum(sum, Math.max(changedAtMillis, other.changedAtMillis));
    }

    /** The pair that changed longest ago, and of those in the same ten minutes the one with the fewest images. */
    static VersionPair leastUsed(Map<VersionPair, PairSum> sums) {
        return sums.entrySet().stream()
                .min(Map.Entry.comparingByValue(LEAST_USED_FIRST))
                .orElseThrow()
                .getKey();
    }

    byte[] toBytes() {
        long[] cells = counts.toArray();
        ByteBuffer out = ByteBuffer.allocate(1 + Long.BYTES * (1 + cells.length));
        out.put(FORMAT).putLong(changedAtMillis).asLongBuffer().put(cells);
        return out.array();
    }

    static PairSum fromBytes(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        if (in.get() != FORMAT) {
            throw new IllegalArgumentException("unknown format of pair counts; format " + FORMAT + " is supported");
        }
        long changedAtMillis = in.getLong();
        long[] cells = new long[in.remaining() / Long.BYTES];
        in.asLongBuffer().get(cells);
        return new PairSum(PairCounts.of(cells), changedAtMillis);
    }
}
