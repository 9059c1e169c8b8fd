package digitstream.classify;

import digitstream.streams.DeadLetter;

/** What became of a record. */
sealed interface Outcome {

    /** A prediction for its image. */
    record Answered(PendingImage image, Classified.Predicted predicted) implements Outcome {}

    /** Its dead letter. */
    record Rejected(DeadLetter deadLetter) implements Outcome {}
}
