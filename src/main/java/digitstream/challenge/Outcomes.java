package digitstream.challenge;

/**
 * How often each outcome of a bet occurred. Expected counts may be fractional.
 *
 * @param zeros number of outcomes 0
 */
record Outcomes(double zeros, double ones, double twos) {

    /** A loss of the challenger is 0, a concordant pair 1 and a win 2: the difference in correctness of an image, plus 1. */
    static Outcomes ofChallenger(Pairs pairs) {
        pairs.requireCounts();
        return new Outcomes(
                (double) pairs.onlyChampion(), (double) pairs.concordant(), (double) pairs.onlyChallenger());
    }

    /** An event is 1 and its absence 0. */
    static Outcomes ofEvent(long occurred, long trials) {
        Probabilities.requireShare(occurred, trials);
        return new Outcomes((double) trials - occurred, (double) occurred, 0);
    }

    double count() {
        return zeros + ones + twos;
    }

    /** The mean outcome, 0 to 2. */
    double mean() {
        return (ones + 2 * twos) / count();
    }

    Outcomes times(double factor) {
        return new Outcomes(factor * zeros, factor * ones, factor * twos);
    }
}
