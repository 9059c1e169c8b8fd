package digitstream.score;

import digitstream.accuracy.ImageState;
import digitstream.streams.DeadLetter;

/** What became of a record that was read. */
sealed interface Reading {

    /** A valid label or prediction in the partition of its key. */
    record InPlace(ImageState.Event event) implements Reading {}

    /** A valid label or prediction in another partition; its image's state is in the partition of its key. */
    record Misplaced(ImageState.Event event) implements Reading {}

    /** The record is not a valid prediction or label. */
    record Rejected(DeadLetter deadLetter) implements Reading {}
}
