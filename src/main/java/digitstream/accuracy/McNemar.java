package digitstream.accuracy;

/**
 * Whether one of two models is really better on the same images: Q. McNemar, "Note on the sampling error of the difference
 * between correlated proportions or percentages", Psychometrika 12 (1947), in its exact form. Only images that one got right
 * and the other wrong tell; if neither were better, each would be as likely to be the one that got it right.
 *
 * @param onlyFirst images that only the first model got right
 * @param onlySecond images that only the second got right
 * @param pValue two-sided: how likely it is, were neither better, that they differ at least so much
 */
public record McNemar(long onlyFirst, long onlySecond, double pValue) {

    /**
     * The test of two counts.
     *
     * @param onlyFirst 0 or more
     * @param onlySecond 0 or more
     */
    public static McNemar of(long onlyFirst, long onlySecond) {
        long trials = onlyFirst + onlySecond;
        long fewer = Math.min(onlyFirst, onlySecond);
        // The binomial distribution's lower tail, term by term in logarithms: 2^-n is 0 for as few as 1,075 images.
        double logTerm = -(double) trials * Math.log(2);
        double tail = 0;
        for (long k = 0; k <= fewer; k++) {
            tail += Math.exp(logTerm);
            logTerm += Math.log((double) trials - k) - Math.log(k + 1.0);
        }
        return new McNemar(onlyFirst, onlySecond, Math.min(1, 2 * tail));
    }

    /** Whether the difference would come by chance less than once in twenty times. */
    public boolean isSignificant() {
        return pValue < 0.05;
    }
}
