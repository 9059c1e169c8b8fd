package digitstream.classify;

import digitstream.streams.DeadLetter;

/** What the batching processor forwards in place of a record's value. */
sealed interface Batching {

    /** The image opened a batch, which must be classified before the next commit at the latest. */
    record Opened() implements Batching {}

    /** The image filled its batch, which is classified at once. */
    record Full() implements Batching {}

    /** The record is not an image that the model can classify. */
    record Rejected(DeadLetter letter) implements Batching {}
}
