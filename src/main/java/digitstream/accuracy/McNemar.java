package digitstream.accuracy;

/**
 * The exact McNemar test, which tells whether the accuracies of two models on the same images differ significantly. From
 * Q. McNemar, "Note on the sampling error of the difference between correlated proportions or percentages", Psychometrika
 * 12 (1947). Only images that exactly one model classified correctly carry information. Under the null hypothesis either
 * model is equally likely to be the correct one.
 *
 * @param onlyFirst images that only the first model classified correctly
 * @param onlySecond images that only the second model classified correctly
 * @param pValue two-sided probability, under the null hypothesis, of a difference at least as large
 */
public record McNemar(long onlyFirst, long onlySecond, double pValue) {

    /**
     * Tests two counts.
     *
     * @param onlyFirst 0 or more
     * @param onlySecond 0 or more
     */
    public static McNemar of(long onlyFirst, long onlySecond) {
        long trials = onlyFirst + onlySecond;
        long fewer = Math.min(onlyFirst, onlySecond);
        // The lower tail of the binomial distribution, with logarithms, because 2^-n underflows from n = 1,075 on.
        double logTerm = -(double) trials * Math.log(2);
        double tail = 0;
        for (long k = 0; k <= fewer; k++) {
            tail += Math.exp(logTerm);
            logTerm += Math.log((double) trials - k) - Math.log(k + 1.0);
        }
        return new McNemar(onlyFirst, onlySecond, Math.min(1, 2 * tail));
    }

    /** Whether the p-value is below 0.05. */
    public boolean isSignificant() {
        return pValue < 0.05;
    }
}
