package digitstream.topology;

/** What the steps of scoring tell each other instead of a record's value. */
sealed interface Scoring permits Scoring.Counted, Rejected {

    /** Counts have changed since the last commit, and must be written before the next. */
    record Counted() implements Scoring {}
}
