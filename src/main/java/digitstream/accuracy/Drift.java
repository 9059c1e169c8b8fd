package digitstream.accuracy;

import java.util.Arrays;
import java.util.List;

/** Measures how far an observed distribution is from an expected one. */
public final class Drift {
    /** With fewer images the index is mostly noise: without any drift it is about (bins - 1) / images. */
    public static final long MIN_IMAGES = 500;

    /** Jeffreys' prior: adds half an image to each bin, so that an empty bin counts as rare, not as impossible. */
    private static final double PRIOR = 0.5;

    private Drift() {}

    /**
     * The population stability index: the sum of (seen - expected) * ln(seen / expected) over the bins' shares. It is the
     * symmetrised Kullback-Leibler divergence (Jeffreys, 1946). By the convention of credit scoring (Siddiqi, "Credit Risk
     * Scorecards", 2006), an index below 0.1 means no significant change, and 0.25 or more a large one.
     *
     * @param seen observed count of each bin
     * @param expected expected count of each bin, on any scale
     * @return 0 or more
     */
    public static double populationStabilityIndex(long[] seen, List<Long> expected) {
        double seenSum = Arrays.stream(seen).sum() + PRIOR * seen.length;
        double expectedSum = expected.stream().mapToLong(Long::longValue).sum() + PRIOR * seen.length;
        double index = 0;
        for (int bin = 0; bin < seen.length; bin++) {
            double seenShare = (seen[bin] + PRIOR) / seenSum;
            double expectedShare = (expected.get(bin) + PRIOR) / expectedSum;
            index += (seenShare - expectedShare) * Math.log(seenShare / expectedShare);
        }
        return index;
    }
}
