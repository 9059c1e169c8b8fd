package digitstream.accuracy;

import java.util.Arrays;
import java.util.List;

/** How far what is seen is from what was expected. */
public final class Drift {
    /** Below as many images the index is mostly chance: without any drift it is about (bins - 1) / images. */
    public static final long FEWEST = 500;

    /** Jeffreys' prior: half an image more in each bin, so that an empty bin is rare and not impossible. */
    private static final double PRIOR = 0.5;

    private Drift() {}

    /**
     * The population stability index, sum of (seen - expected) * ln(seen / expected) over the bins' shares: the symmetrised
     * Kullback-Leibler divergence (Jeffreys, 1946), 0 or more. By the custom of credit scoring (Siddiqi, "Credit Risk
     * Scorecards", 2006) under 0.1 is no change to speak of, and 0.25 or more a large one.
     *
     * @param seen counts of the bins
     * @param expected counts of the same bins
     */
    public static double populationStabilityIndex(long[] seen, List<Long> expected) {
        double seenSum = Arrays.stream(seen).sum() + PRIOR * seen.length;
        double expectedSum = expected.stream().mapToLong(Long::longValue).sum() + PRIOR * seen.length;
        double index = 0;
        for (int bin = 0; bin < seen.length; bin++) {
            double is = (seen[bin] + PRIOR) / seenSum;
            double should = (expected.get(bin) + PRIOR) / expectedSum;
            index += (is - should) * Math.log(is / should);
        }
        return index;
    }
}
