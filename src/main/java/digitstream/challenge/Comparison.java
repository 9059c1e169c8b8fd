package digitstream.challenge;

import java.util.OptionalLong;

/**
 * Which of two versions is more accurate, as far as their pairs tell. Only discordant pairs move the e-values.
 *
 * @param alpha the level of each e-value and of each end of the interval
 * @param challengerBetter evidence against the claim that the challenger is at most as accurate as the champion
 * @param championBetter evidence against the claim that the champion is at most as accurate as the challenger
 * @param difference the challenger's accuracy minus the champion's
 * @param moreLabels how many more labels a decision takes if the shares stay as they are: 0 if it has been reached, nothing
 *     without a difference
 */
public record Comparison(
        Pairs pairs,
        double alpha,
        EValue challengerBetter,
        EValue championBetter,
        ConfidenceSequence difference,
        OptionalLong moreLabels) {

    /**
     * Compares the versions on all images or on those of one class.
     *
     * @param alpha above 0 and below 1
     * @throws IllegalArgumentException if a count is negative
     */
    public static Comparison of(Pairs pairs, double alpha) {
        ConfidenceSequence difference = ConfidenceSequence.ofDifference(pairs, alpha);
        Pairs ofTheLeader = pairs.onlyChallenger() < pairs.onlyChampion() ? pairs.swapped() : pairs;
        return new Comparison(
                pairs,
                alpha,
                challengerBetterBy(0, pairs),
                challengerBetterBy(0, pairs.swapped()),
                difference,
                MoreLabels.until(alpha, Outcomes.ofChallenger(ofTheLeader), 1));
    }

    /**
     * Evidence against the claim that the difference in accuracy, challenger minus champion, is at most this large.
     *
     * @param difference above -1, at most 1
     */
    static EValue challengerBetterBy(double difference, Pairs pairs) {
        return new EValue(BettingMixture.logWealth(Outcomes.ofChallenger(pairs), 1 + difference));
    }

    public boolean isChallengerBetter() {
        return challengerBetter.reaches(alpha);
    }

    public boolean isChampionBetter() {
        return championBetter.reaches(alpha);
    }
}
