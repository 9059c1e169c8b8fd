package digitstream.score;

import digitstream.accuracy.ModelVersion;
import digitstream.accuracy.UnmatchedChanges;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How the numbers of unmatched predictions and labels have changed, by the arrival bucket of their image. */
final class UnmatchedCounts implements UnmatchedChanges {
    private final Map<Key, Counter> predictions = new HashMap<>();
    private final Map<Long, Long> labels = new HashMap<>();

    /** What was added to and taken from last. Events of the same kind mostly change the same number. */
    private @Nullable Counter lastAdded;

    private @Nullable Counter lastTaken;

    /** Predictions of a model version in a time bucket, of images of an arrival bucket. */
    record Key(long arrivalEndMillis, ModelVersion model, long bucketStartMillis) {}

    /** A number that changes in place. */
    private static final class Counter {
        private final Key key;
        private long value;

        Counter(Key key) {
            this.key = key;
        }

        boolean isOf(long arrivalEndMillis, ModelVersion model, long bucketStartMillis) {
            return key.arrivalEndMillis == arrivalEndMillis
                    && key.bucketStartMillis == bucketStartMillis
                    && key.model.equals(model);
        }
    }

    /** Receives the changes of predictions. */
    interface Predictions {
        void add(Key key, long more);
    }

    /** Receives the changes of labels. */
    interface Labels {
        void add(long arrivalEndMillis, long more);
    }

    @Override
    public void predictions(long arrivalEndMillis, ModelVersion model, long bucketStartMillis, int more) {
        Counter counter = more > 0 ? lastAdded : lastTaken;
        if (counter == null || !counter.isOf(arrivalEndMillis, model, bucketStartMillis)) {
            counter = predictions.computeIfAbsent(new Key(arrivalEndMillis, model, bucketStartMillis), Counter::new);
            if (more > 0) {
                lastAdded = counter;
            } else {
                lastTaken = counter;
            }
        }
        counter.value += more;
    }

    @Override
    public void labels(long arrivalEndMillis, int more) {
        labels.merge(arrivalEndMillis, (long) more, Long::sum);
    }

    /** Passes on all changes, without those that cancel each other out. */
    void forEach(Predictions ofPredictions, Labels ofLabels) {
        predictions.forEach((key, counter) -> {
            if (counter.value != 0) {
                ofPredictions.add(key, counter.value);
            }
        });
        labels.forEach((arrivalEndMillis, more) -> {
            if (more != 0) {
                ofLabels.add(arrivalEndMillis, more);
            }
        });
    }

    void clear() {
        predictions.clear();
        labels.clear();
        lastAdded = null;
        lastTaken = null;
    }
}
