package digitstream.topology;

import org.jspecify.annotations.Nullable;

/** What the batching step says of the record that it was given, instead of the record's value. */
sealed interface Batching {

    /** The image opened a batch, which must be classified before the next commit at the latest. */
    record Opened() implements Batching {}

    /** The image made its batch full: it is to be classified now. */
    record Full() implements Batching {}

    /** The record is no image that can be classified. */
    record Rejected(DeadLetterReason reason, String message, DeadLetters.Source source, byte @Nullable [] value)
            implements Batching {}
}
