package digitstream.challenge;

/** Checks of arguments. */
final class Probabilities {
    private Probabilities() {}

    static void requireAlpha(double alpha) {
        if (!(alpha > 0 && alpha < 1)) {
            throw new IllegalArgumentException("alpha is " + alpha + "; it must be above 0 and below 1");
        }
    }

    static void requireProbability(String name, double value) {
        if (!(value >= 0 && value <= 1)) {
            throw new IllegalArgumentException(name + " is " + value + "; it must be from 0 to 1");
        }
    }

    static void requireShare(long occurred, long trials) {
        if (occurred < 0 || occurred > trials) {
            throw new IllegalArgumentException(occurred + " of " + trials + " is not a share");
        }
    }
}
