package digitstream.score;

import digitstream.streams.DeadLetter;

/** What the score processor forwards in place of a record's value. */
sealed interface Scoring {

    /** Counts have changed since the last commit and must be written before the next one. */
    record Counted() implements Scoring {}

    /** The record is neither a prediction nor a label. */
    record Rejected(DeadLetter letter) implements Scoring {}
}
