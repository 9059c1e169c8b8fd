package digitstream.score;

import digitstream.streams.DeadLetter;

/** What the score processor forwards for a record. */
sealed interface Scoring {

    /** A marker: there are pending counts, which must be written before the next commit. */
    record Counted() implements Scoring {}

    /** The record is not a valid prediction or label. */
    record Rejected(DeadLetter deadLetter) implements Scoring {}
}
