package digitstream.accuracy;

/**
 * The 95 % confidence interval of a proportion, by the score method of E. B. Wilson, "Probable Inference, the Law of
 * Succession, and Statistical Inference", Journal of the American Statistical Association 22 (1927). It also holds for
 * small counts and for proportions near 0 and 1.
 *
 * @param low 0 to 1
 * @param high 0 to 1
 */
public record WilsonInterval(double low, double high) {
    /** The 0.975 quantile of the standard normal distribution. */
    private static final double Z = 1.959963984540054;

    /**
     * The interval of a proportion.
     *
     * @param successes 0 to trials
     * @param trials 1 or more
     */
    public static WilsonInterval of(long successes, long trials) {
        if (trials < 1 || successes < 0 || successes > trials) {
            throw new IllegalArgumentException(successes + " of " + trials + " is not a proportion");
        }
        double n = trials;
        double p = successes / n;
        double centre = p + Z * Z / (2 * n);
        double spread = Z * Math.sqrt(p * (1 - p) / n + Z * Z / (4 * n * n));
        double scale = 1 + Z * Z / n;
        return new WilsonInterval(
                successes == 0 ? 0 : Math.max(0, (centre - spread) / scale),
                successes == trials ? 1 : Math.min(1, (centre + spread) / scale));
    }
}
