package digitstream.challenge;

import java.util.Locale;

/** Figures as they appear in reasons. */
final class Figures {
    private Figures() {}

    /** As in "41 of 52 discordant pairs, difference +0.21 points (+0.05 to +0.39), e-value 812". */
    static String of(Comparison comparison) {
        Pairs pairs = comparison.pairs();
        boolean challengerLeads = pairs.onlyChallenger() >= pairs.onlyChampion();
        return String.format(
                Locale.ROOT,
                "%,d of %,d discordant pairs, difference %s, e-value %s",
                Math.max(pairs.onlyChallenger(), pairs.onlyChampion()),
                pairs.discordant(),
                difference(comparison),
                challengerLeads ? comparison.challengerBetter() : comparison.championBetter());
    }

    /** In percentage points, with its confidence sequence. */
    static String difference(Comparison comparison) {
        return String.format(
                Locale.ROOT,
                "%+.2f points (%+.2f to %+.2f)",
                100 * comparison.pairs().difference(),
                100 * comparison.difference().low(),
                100 * comparison.difference().high());
    }

    /** A share of trials with its confidence sequence. */
    static String share(long occurred, long trials, double alpha) {
        ConfidenceSequence interval = ConfidenceSequence.ofProbability(occurred, trials, alpha);
        return String.format(
                Locale.ROOT,
                "%.1f %% (%.1f to %.1f)",
                100.0 * occurred / trials,
                100 * interval.low(),
                100 * interval.high());
    }

    /** As in "1 point" and "0.5 points". */
    static String points(double difference) {
        String percent = percent(difference);
        return percent + (percent.equals("1") ? " point" : " points");
    }

    /** Without trailing zeros, as in "97" and "0.5". */
    static String percent(double share) {
        String text = String.format(Locale.ROOT, "%.4f", 100 * share);
        return text.replaceAll("\\.?0+$", "");
    }
}
