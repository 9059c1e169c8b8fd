package digitstream.score;

import digitstream.accuracy.ImageState;
import digitstream.streams.DeadLetter;

/** What is passed on of the records that were read. Most are scored at once, and nothing is passed on of them. */
sealed interface Reading {

    /** There are pending counts, which must be written before the next commit. */
    record Pending(Counted marker) implements Reading {}

    /** A valid label or prediction in another partition; its image's state is in the partition of its key. */
    record Misplaced(byte[] imageId, ImageState.Event event) implements Reading {}

    /** The record is not a valid prediction or label. */
    record Rejected(DeadLetter deadLetter) implements Reading {}
}
