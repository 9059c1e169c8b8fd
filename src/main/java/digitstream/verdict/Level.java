package digitstream.verdict;

import java.util.Locale;

/** How serious a finding is, in increasing order. */
public enum Level {
    OK,
    /** There is nothing to judge. */
    NO_DATA,
    /** Somebody should look soon. */
    WARNING,
    /** The predictions are wrong, late or missing now. */
    CRITICAL;

    /** Returns the name for JSON and metrics, in kebab case. */
    public String code() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
