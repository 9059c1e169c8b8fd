package digitstream.classify;

import digitstream.accuracy.ModelVersion;
import digitstream.streams.DeadLetter;

/** What became of a record. */
sealed interface Outcome {

    /** A prediction for its image, and the model version that made it. */
    record Answered(PendingImage image, Classified.Predicted predicted, ModelVersion version) implements Outcome {}

    /** Its dead letter. */
    record Rejected(DeadLetter deadLetter) implements Outcome {}
}
