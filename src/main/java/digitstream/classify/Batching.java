package digitstream.classify;

import digitstream.streams.DeadLetter;

/** What the batching processor forwards for a record. */
sealed interface Batching {

    /** A marker: the image opened a batch, which must be classified before the next commit. */
    record Opened() implements Batching {}

    /** A marker: the image filled its batch, which must be classified at once. */
    record Full() implements Batching {}

    /** The record is not a valid image. */
    record Rejected(DeadLetter deadLetter) implements Batching {}
}
