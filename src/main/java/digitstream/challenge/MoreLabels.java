package digitstream.challenge;

import java.util.OptionalLong;

/** How many more labels a decision takes if the shares of the outcomes stay as they are. */
final class MoreLabels {
    /** A decision that takes more labels is out of sight. */
    private static final double MOST = 1e12;

    private MoreLabels() {}

    /**
     * Returns 0 if the wealth is 1/alpha already, and nothing if it never gets there or there are no outcomes. The wealth
     * is convex in the number of labels and starts at 1, so it stays above 1/alpha once it is there.
     */
    static OptionalLong until(double alpha, Outcomes outcomes, double mean) {
        double labels = outcomes.count();
        if (labels == 0) {
            return OptionalLong.empty();
        }
        if (decides(alpha, outcomes, mean)) {
            return OptionalLong.of(0);
        }
        double tooFew = 1;
        double enough = Math.max(1, MOST / labels);
        if (!decides(alpha, outcomes.times(enough), mean)) {
            return OptionalLong.empty();
        }
        while ((enough - tooFew) * labels > 0.5) {
            double middle = (enough + tooFew) / 2;
            if (decides(alpha, outcomes.times(middle), mean)) {
                enough = middle;
            } else {
                tooFew = middle;
            }
        }
        return OptionalLong.of((long) Math.ceil((enough - 1) * labels));
    }

    private static boolean decides(double alpha, Outcomes outcomes, double mean) {
        return BettingMixture.logWealth(outcomes, mean) >= -Math.log(alpha);
    }
}
