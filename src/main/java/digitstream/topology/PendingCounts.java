package digitstream.topology;

import digitstream.scoring.AccuracyCounts;
import digitstream.scoring.CountChanges;
import digitstream.scoring.LabelFates;
import digitstream.scoring.ModelVersion;
import java.util.HashMap;
import java.util.Map;

/**
 * What a task's records have changed in the counts since the last commit. In memory, and added to the logged counts at the
 * {@link CommitBarrier}: writing a kilobyte of counts for each record would cost more than all the rest of scoring.
 */
final class PendingCounts implements CountChanges {
    private final Map<ModelVersion, Map<Long, AccuracyCounts>> changes = new HashMap<>();
    private LabelFates labels = LabelFates.NONE;
    private boolean empty = true;

    @Override
    public AccuracyCounts counts(ModelVersion model, long bucketStartMillis) {
        empty = false;
        return changes.computeIfAbsent(model, ignored -> new HashMap<>())
                .computeIfAbsent(bucketStartMillis, ignored -> new AccuracyCounts());
    }

    @Override
    public void labels(LabelFates change) {
        empty = false;
        labels = labels.plus(change);
    }

    boolean isEmpty() {
        return empty;
    }

    Map<ModelVersion, Map<Long, AccuracyCounts>> counts() {
        return changes;
    }

    LabelFates labels() {
        return labels;
    }

    void clear() {
        changes.clear();
        labels = LabelFates.NONE;
        empty = true;
    }
}
