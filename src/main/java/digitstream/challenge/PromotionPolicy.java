package digitstream.challenge;

import digitstream.common.Digits;
import java.util.Locale;
import java.util.OptionalLong;

/**
 * Promotes a challenger that is better than the champion, if it is shown for every class that the challenger is not worse by
 * the class bound or more. Each of these claims has to reach an e-value of 1/alpha of its own. The probability of promoting a
 * challenger for which one of them is false is then at most alpha, without a split of alpha over the claims: the false one
 * alone had to reach 1/alpha. A class without labels prevents promotion.
 *
 * @param alpha the challenger's part of the {@link ErrorBudget}, above 0 and below 1
 * @param maxClassLoss class bound: how much of its accuracy a class may lose, above 0; 1 allows any loss
 */
public record PromotionPolicy(double alpha, double maxClassLoss) {
    public PromotionPolicy {
        Probabilities.requireAlpha(alpha);
        if (!(maxClassLoss > 0 && maxClassLoss <= 1)) {
            throw new IllegalArgumentException(
                    "the loss that a class may have is " + maxClassLoss + "; it must be above 0 and at most 1");
        }
    }

    /**
     * Decides on the counts as they are now, after all corrections so far.
     *
     * @param champion name and version, for the reason
     * @return {@link Decision.Promote} or {@link Decision.Undecided}
     * @throws IllegalArgumentException if a count is negative
     */
    public Decision decide(String champion, String challenger, PairCounts counts) {
        Comparison comparison = Comparison.of(counts.total(), alpha);
        String figures = Figures.of(comparison);
        if (comparison.isChampionBetter()) {
            return new Decision.Undecided(
                    challenger + " is worse than " + champion + ": " + figures, OptionalLong.empty());
        }
        if (!comparison.isChallengerBetter()) {
            return new Decision.Undecided(
                    String.format(
                            Locale.ROOT,
                            "neither %s nor %s is better yet: %s of %.0f",
                            champion,
                            challenger,
                            figures,
                            1 / alpha),
                    moreLabels(counts, comparison));
        }
        String better = challenger + " beats " + champion + ": " + figures;
        int doubtful = mostDoubtful(counts);
        if (isShown(counts.of(doubtful))) {
            return new Decision.Promote(better + allows());
        }
        return new Decision.Undecided(
                better + "; but " + doubt(doubtful, counts.of(doubtful)), moreLabels(counts, comparison));
    }

    private String allows() {
        return maxClassLoss == 1 ? "" : "; no digit is worse by " + Figures.points(maxClassLoss) + " or more";
    }

    private String doubt(int digit, Pairs pairs) {
        if (pairs.labelled() == 0) {
            return "digit " + digit + " has no labels";
        }
        return String.format(
                Locale.ROOT,
                "digit %d may be worse by %s: difference %s in %,d labels",
                digit,
                Figures.points(maxClassLoss),
                Figures.difference(Comparison.of(pairs, alpha)),
                pairs.labelled());
    }

    private EValue notWorse(Pairs pairs) {
        return Comparison.challengerBetterBy(-maxClassLoss, pairs);
    }

    private boolean isShown(Pairs pairs) {
        return maxClassLoss == 1 || notWorse(pairs).reaches(alpha);
    }

    /** The class for which the least is shown. */
    private int mostDoubtful(PairCounts counts) {
        int least = 0;
        for (int digit = 1; digit < Digits.CLASSES && maxClassLoss < 1; digit++) {
            if (notWorse(counts.of(digit)).log() < notWorse(counts.of(least)).log()) {
                least = digit;
            }
        }
        return least;
    }

    /** As many as the slowest of the claims takes, if labels of all classes keep coming as they have come. */
    private OptionalLong moreLabels(PairCounts counts, Comparison comparison) {
        Pairs total = comparison.pairs();
        if (comparison.moreLabels().isEmpty() || total.difference() < 0) {
            return OptionalLong.empty();
        }
        long most = comparison.moreLabels().getAsLong();
        for (int digit = 0; digit < Digits.CLASSES && maxClassLoss < 1; digit++) {
            Pairs pairs = counts.of(digit);
            OptionalLong more = MoreLabels.until(alpha, Outcomes.ofChallenger(pairs), 1 - maxClassLoss);
            if (more.isEmpty()) {
                return OptionalLong.empty();
            }
            most = Math.max(most, Math.round((double) more.getAsLong() * total.labelled() / pairs.labelled()));
        }
        return OptionalLong.of(most);
    }
}
