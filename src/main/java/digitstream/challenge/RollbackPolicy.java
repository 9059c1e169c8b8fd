package digitstream.challenge;

import java.util.Locale;
import java.util.OptionalLong;

/**
 * Rolls a new champion back when it is worse than the previous one, less accurate than a floor, or refuses too many images.
 * A champion for which none of these is true is rolled back, for each of the three reasons, with a probability of at most
 * alpha.
 *
 * <p>Evidence for a champion that serves well for long has to be outweighed when it breaks. The policy is therefore asked for
 * all images since the promotion, which is span 0, and for stretches of the stream since then, by event time: spans 1, 2, 3
 * and so on. Span 0 has half of alpha, span j has 3 alpha / (pi j)^2, and all of them together alpha.
 *
 * @param alpha above 0 and below 1
 * @param accuracyFloor below 1; 0 switches this reason off
 * @param maxRefused above 0; 1 switches this reason off
 */
public record RollbackPolicy(double alpha, double accuracyFloor, double maxRefused) {
    public RollbackPolicy {
        Probabilities.requireAlpha(alpha);
        if (!(accuracyFloor >= 0 && accuracyFloor < 1)) {
            throw new IllegalArgumentException(
                    "the floor of the accuracy is " + accuracyFloor + "; it must be at least 0 and below 1");
        }
        if (!(maxRefused > 0 && maxRefused <= 1)) {
            throw new IllegalArgumentException("the share of refused images is limited to " + maxRefused
                    + "; the limit must be above 0 and at most 1");
        }
    }

    /** The part of alpha that a span has. */
    double alphaOf(int span) {
        return span == 0 ? alpha / 2 : 3 * alpha / Math.pow(Math.PI * span, 2);
    }

    /**
     * Decides on the counts of a span as they are now, after all corrections so far.
     *
     * @param champion name and version of the version that serves, for the reason
     * @param pairs of the version that serves, as the champion, and the previous one, as the challenger, since the promotion
     * @param serving what became of the images of the version that serves
     * @param span 0 for all images since the promotion, 1 or more for a stretch of them
     * @return {@link Decision.RollBack} or {@link Decision.Undecided}
     * @throws IllegalArgumentException if a count is negative or the span is
     */
    public Decision decide(String champion, String previous, Pairs pairs, ServingCounts serving, int span) {
        if (span < 0) {
            throw new IllegalArgumentException("span " + span + " is negative");
        }
        double level = alphaOf(span);
        if (Comparison.challengerBetterBy(0, pairs).reaches(level)) {
            return new Decision.RollBack(
                    champion + " is worse than " + previous + ": " + Figures.of(Comparison.of(pairs.swapped(), level)));
        }
        long labelled = serving.labelled();
        long wrong = labelled - serving.correct();
        if (accuracyFloor > 0 && exceeds(wrong, labelled, 1 - accuracyFloor, level)) {
            return new Decision.RollBack(String.format(
                    Locale.ROOT,
                    "%s has an accuracy of %s in %,d labels, below %s %%",
                    champion,
                    Figures.share(serving.correct(), labelled, level),
                    labelled,
                    Figures.percent(accuracyFloor)));
        }
        if (maxRefused < 1 && exceeds(serving.refused(), serving.images(), maxRefused, level)) {
            return new Decision.RollBack(String.format(
                    Locale.ROOT,
                    "%s refuses %s of %,d images, more than %s %%",
                    champion,
                    Figures.share(serving.refused(), serving.images(), level),
                    serving.images(),
                    Figures.percent(maxRefused)));
        }
        return new Decision.Undecided("nothing tells against " + champion, OptionalLong.empty());
    }

    /** Whether the confidence sequence of the probability of an event lies above a bound. */
    private static boolean exceeds(long occurred, long trials, double bound, double level) {
        EValue evidence = new EValue(BettingMixture.logWealth(Outcomes.ofEvent(occurred, trials), bound));
        return evidence.reaches(level);
    }
}
