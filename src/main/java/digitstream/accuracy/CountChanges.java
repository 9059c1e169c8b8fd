package digitstream.accuracy;

/** Takes what an event changes in the counts. */
public interface CountChanges {

    /** The counts that a model version's images of a time bucket are counted in, to be changed in place. */
    AccuracyCounts counts(ModelVersion model, long bucketStartMillis);

    /** What became of a label, to be added. */
    void labels(LabelOutcomes change);
}
