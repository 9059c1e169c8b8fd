package digitstream.verdict;

import java.util.Optional;
import java.util.Set;

/**
 * Finds one kind of trouble.
 *
 * @param levels those that the trouble can have; there is a metric, and an alert, for each
 */
record Rule(String name, Set<Level> levels, Check check) {
    /** Looks at one moment. */
    interface Check {
        /** Returns what is wrong, or empty. */
        Optional<Trouble> of(Observation seen);
    }

    /**
     * What is wrong.
     *
     * @param sinceMillis when it began if the observation says so, otherwise the time of the observation
     */
    record Trouble(Level level, String text, long sinceMillis) {}
}
