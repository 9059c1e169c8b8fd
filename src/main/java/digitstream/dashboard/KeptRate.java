package digitstream.dashboard;

import java.util.OptionalDouble;

/**
 * The rate of records in the last minute in which some came. It is kept when none come any more, because a backlog without a rate
 * would have no length in time, and would be forgotten. Not thread-safe.
 */
final class KeptRate {
    private OptionalDouble kept = OptionalDouble.empty();

    /**
     * Returns the rate after another second; empty if no record has come yet.
     *
     * @param perSecond the rate of the last minute
     * @param coming whether records still come
     */
    OptionalDouble after(double perSecond, boolean coming) {
        if (coming && perSecond > 0) {
            kept = OptionalDouble.of(perSecond);
        }
        return kept;
    }
}
