package digitstream.challenge;

/**
 * An interval that holds at all times at once: with a probability of at least 1 - alpha for each end, the truth is never
 * beyond that end, however often one looks. An end excludes a value exactly when the e-value against that value reaches
 * 1/alpha, so that interval and decision agree.
 */
public record ConfidenceSequence(double low, double high) {

    /**
     * Of the difference in accuracy, challenger minus champion, from -1 to 1.
     *
     * @param alpha of each end, above 0 and below 1
     */
    public static ConfidenceSequence ofDifference(Pairs pairs, double alpha) {
        Probabilities.requireAlpha(alpha);
        return new ConfidenceSequence(
                BettingMixture.lowerBound(Outcomes.ofChallenger(pairs), alpha) - 1,
                1 - BettingMixture.lowerBound(Outcomes.ofChallenger(pairs.swapped()), alpha));
    }

    /**
     * Of the probability of an event, from 0 to 1.
     *
     * @param occurred 0 to trials
     * @param alpha of each end, above 0 and below 1
     */
    public static ConfidenceSequence ofProbability(long occurred, long trials, double alpha) {
        Probabilities.requireAlpha(alpha);
        return new ConfidenceSequence(
                BettingMixture.lowerBound(Outcomes.ofEvent(occurred, trials), alpha),
                1 - BettingMixture.lowerBound(Outcomes.ofEvent(trials - occurred, trials), alpha));
    }

    public boolean contains(double value) {
        return low <= value && value <= high;
    }
}
