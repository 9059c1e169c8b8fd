package digitstream.score;

import digitstream.accuracy.AccuracyCounts;
import digitstream.accuracy.CountChanges;
import digitstream.accuracy.LabelOutcomes;
import digitstream.accuracy.ModelVersion;
import digitstream.streams.CommitBarrier;
import java.util.HashMap;
import java.util.Map;

/**
 * The changes that a task's records made to the counts since the last commit. Kept in memory and added to the logged counts
 * at the {@link CommitBarrier}, because writing a kilobyte of counts for each record would cost more than the rest of
 * scoring together.
 */
final class PendingCounts implements CountChanges {
    private final Map<ModelVersion, Map<Long, AccuracyCounts>> changes = new HashMap<>();
    private LabelOutcomes labels = LabelOutcomes.NONE;
    private boolean empty = true;

    @Override
    public AccuracyCounts counts(ModelVersion model, long bucketStartMillis) {
        empty = false;
        return changes.computeIfAbsent(model, ignored -> new HashMap<>())
                .computeIfAbsent(bucketStartMillis, ignored -> new AccuracyCounts());
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
        labels = LabelOutcomes.NONE;
        empty = true;
    }
}
