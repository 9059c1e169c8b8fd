package digitstream.verdict;

/** How serious a finding is, in increasing order. */
public enum Level {
    OK,
    /** There is nothing to judge. */
    NO_DATA,
    /** Somebody should look soon. */
    WARNING,
    /** The predictions are wrong, late or missing now. */
    CRITICAL
}
