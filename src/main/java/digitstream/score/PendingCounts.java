package digitstream.score;

import digitstream.accuracy.AccuracyCounts;
import digitstream.accuracy.CountChanges;
import digitstream.accuracy.ImageState;
import digitstream.accuracy.LabelOutcomes;
import digitstream.accuracy.ModelVersion;
import digitstream.streams.CommitBarrier;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.utils.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * The changes that a task's records made to counts and states since the last commit. Kept in memory and added to the logged
 * counts at the {@link CommitBarrier}, because writing a kilobyte of counts for each record would cost more than the rest of
 * scoring together. Also knows which states have expired.
 */
final class PendingCounts implements CountChanges {
    private static final int RECENT_BITS = 4;
    /** Spreads multiples of any bucket width over the recent counts. The golden ratio, as in Knuth's multiplicative hashing. */
    private static final long HASH = 0x9E3779B97F4A7C15L;

    private final Map<ModelVersion, Map<Long, AccuracyCounts>> changes = new HashMap<>();
    private final @Nullable Counts[] recent = new Counts[1 << RECENT_BITS];
    private final UnmatchedCounts unmatched = new UnmatchedCounts();
    private final PendingPairs pairs = new PendingPairs();
    private final Map<Bytes, ImageState> states = new HashMap<>();
    private LabelOutcomes labels = LabelOutcomes.NONE;
    private boolean empty = true;
    private long expiredToMillis = Long.MIN_VALUE;

    /** The counts of a model version in a bucket. */
    private record Counts(ModelVersion model, long bucketStartMillis, AccuracyCounts changes) {}

    @Override
    public AccuracyCounts counts(ModelVersion model, long bucketStartMillis) {
        empty = false;
        int slot = (int) ((bucketStartMillis * HASH) >>> (Long.SIZE - RECENT_BITS));
        Counts counts = recent[slot];
        if (counts == null || counts.bucketStartMillis != bucketStartMillis || !counts.model.equals(model)) {
            counts = new Counts(
                    model,
                    bucketStartMillis,
                    changes.computeIfAbsent(model, ignored -> new HashMap<>())
                            .computeIfAbsent(bucketStartMillis, ignored -> new AccuracyCounts()));
            recent[slot] = counts;
        }
        return counts.changes;
    }

    /** The changes of what is unmatched. */
    UnmatchedCounts unmatched() {
        return unmatched;
    }

    /** The changes of the counts of pairs. */
    PendingPairs pairs() {
        return pairs;
    }

    /** The states that have changed, by image id. */
    Map<Bytes, ImageState> states() {
        return states;
    }

    /** The time up to which states have expired. */
    long expiredToMillis() {
        return expiredToMillis;
    }

    void expiredTo(long millis) {
        expiredToMillis = millis;
    }

    @Override
    public void labels(LabelOutcomes change) {
        empty = false;
        labels = labels.plus(change);
    }

    boolean isEmpty() {
        return empty;
    }

    Map<ModelVersion, Map<Long, AccuracyCounts>> counts() {
        return changes;
    }

    LabelOutcomes labels() {
        return labels;
    }

    void clear() {
        changes.clear();
        Arrays.fill(recent, null);
        unmatched.clear();
        pairs.clear();
        states.clear();
        labels = LabelOutcomes.NONE;
        empty = true;
    }
}
