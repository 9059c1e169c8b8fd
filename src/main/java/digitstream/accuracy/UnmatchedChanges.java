package digitstream.accuracy;

/**
 * Receives what an image's state adds to the counts of unmatched predictions and labels. These are kept by the time until which
 * the state was touched, so that they can expire together.
 */
public interface UnmatchedChanges {

    /** Adds a number of predictions without a label. A negative number takes back what was added. */
    void predictions(long touchedAtMillis, ModelVersion model, long bucketStartMillis, int more);

    /** Adds a number of labels without a prediction. A negative number takes back what was added. */
    void labels(long touchedAtMillis, int more);
}
