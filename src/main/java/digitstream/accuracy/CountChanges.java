package digitstream.accuracy;

/** Receives the changes that an event makes to the counts. */
public interface CountChanges {

    /** The counts of a model version in a time bucket, for the caller to change in place. */
    AccuracyCounts counts(ModelVersion model, long bucketStartMillis);

    /** Adds a change of label outcomes. */
    void labels(LabelOutcomes change);
}
