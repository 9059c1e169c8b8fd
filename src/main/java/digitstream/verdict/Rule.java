package digitstream.verdict;

import java.util.Optional;

/** Finds one kind of trouble. */
record Rule(String name, Check check) {
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
