package digitstream.challenge;

/**
 * The wealth of a gambler who bets that a mean is larger than claimed. An outcome y is 0, 1 or 2, the claim is that each
 * outcome, given those before it, has a mean of at most mu. Whoever bets the fraction f of the wealth multiplies it by
 *
 * <pre>
 *   1 - f + f * y / mu
 * </pre>
 *
 * with each outcome, whose mean is at most 1 if the claim is true. The wealth is then a nonnegative supermartingale that
 * starts at 1. By Ville's inequality, it ever reaches 1/alpha with a probability of at most alpha. From I. Waudby-Smith and
 * A. Ramdas, "Estimating means of bounded random variables by betting", Journal of the Royal Statistical Society B 86 (2024).
 *
 * <p>The paper adapts f to the outcomes so far, and the wealth depends on their order. Here, each of several fixed fractions
 * has a part of the initial wealth. Their sum is a supermartingale, too, and depends on the counts of the outcomes
 * only. A fraction is best for one size of difference; see {@code docs/decisions/021-anytime-comparison.md}.
 *
 * <p>The wealth falls as mu grows. The means that are rejected are therefore all those below a bound.
 */
final class BettingMixture {
    /** The largest fraction. With 1, the first zero would lose everything. */
    private static final double LARGEST = 0.9;

    /** The largest fraction over the smallest is 2^12, for up to about 10^8 discordant pairs. */
    private static final int COUNT = 25;

    /** This many fractions, from 0.9 to 0.028, have the same part: a difference is rarely a smaller share of the discordant pairs. */
    private static final int USUAL = 11;

    /** The fractions, in a geometric series: a difference of any size has one near its best. */
    private static final double[] FRACTIONS = fractions();

    /** The parts of the initial wealth, by fraction. */
    private static final double[] PARTS = parts();

    private static final double[] LOG_LOSS = logs(-1);
    private static final double[] LOG_GAIN = logs(1);

    /** Bounds are found to this distance. */
    private static final double PRECISION = 1e-10;

    private BettingMixture() {}

    private static double[] fractions() {
        double[] fractions = new double[COUNT];
        for (int i = 0; i < COUNT; i++) {
            fractions[i] = LARGEST * Math.pow(2, -i / 2.0);
        }
        return fractions;
    }

    private static double[] parts() {
        double[] parts = new double[COUNT];
        double sum = 0;
        for (int i = 0; i < COUNT; i++) {
            parts[i] = i < USUAL ? 1 : 1 / Math.pow(i - USUAL + 2, 2);
            sum += parts[i];
        }
        for (int i = 0; i < COUNT; i++) {
            parts[i] /= sum;
        }
        return parts;
    }

    private static double[] logs(int sign) {
        double[] logs = new double[COUNT];
        for (int i = 0; i < COUNT; i++) {
            logs[i] = Math.log1p(sign * FRACTIONS[i]);
        }
        return logs;
    }

    /**
     * The logarithm of the wealth, in whatever order the outcomes came.
     *
     * @param mean mu, above 0
     */
    static double logWealth(Outcomes outcomes, double mean) {
        double[] logs = new double[COUNT];
        double largest = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < COUNT; i++) {
            double log = outcomes.zeros() * LOG_LOSS[i];
            // An outcome that equals the mean moves nothing: the e-value depends on the discordant pairs only.
            if (mean == 1) {
                log += outcomes.twos() * LOG_GAIN[i];
            } else {
                log += times(outcomes.ones(), FRACTIONS[i] * (1 - mean) / mean)
                        + times(outcomes.twos(), FRACTIONS[i] * (2 - mean) / mean);
            }
            logs[i] = log;
            largest = Math.max(largest, log);
        }
        double sum = 0;
        for (int i = 0; i < COUNT; i++) {
            sum += PARTS[i] * Math.exp(logs[i] - largest);
        }
        return largest + Math.log(sum);
    }

    /** Outcomes that do not occur add nothing, however much the wealth would grow with one. */
    private static double times(double outcomes, double growth) {
        return outcomes == 0 ? 0 : outcomes * Math.log1p(growth);
    }

    /** The largest mean that is rejected with a wealth of 1/alpha, 0 if none is: a lower confidence bound of the mean. */
    static double lowerBound(Outcomes outcomes, double alpha) {
        if (outcomes.ones() == 0 && outcomes.twos() == 0) {
            return 0;
        }
        double rejected = 0;
        // At the mean of the outcomes, no fraction gains.
        double accepted = outcomes.mean();
        while (accepted - rejected > PRECISION) {
            double middle = (accepted + rejected) / 2;
            if (logWealth(outcomes, middle) >= -Math.log(alpha)) {
                rejected = middle;
            } else {
                accepted = middle;
            }
        }
        return rejected;
    }
}
