package digitstream.challenge;

import java.util.Locale;

/**
 * Evidence against a hypothesis: the wealth of a gambler who bets against it, starting at 1. If the hypothesis is true, the
 * e-value ever reaches 1/alpha with a probability of at most alpha.
 *
 * @param log the natural logarithm, finite
 */
public record EValue(double log) {
    /** Beyond it, only the power of ten is of interest. */
    private static final double LARGE = Math.log(1e6);

    public EValue {
        if (!Double.isFinite(log)) {
            throw new IllegalArgumentException("the logarithm of an e-value is " + log + "; it must be finite");
        }
    }

    /** The e-value, 0 or more; at most the largest double. */
    public double value() {
        return Math.min(Double.MAX_VALUE, Math.exp(log));
    }

    /** Whether the e-value is at least 1/alpha. */
    public boolean reaches(double alpha) {
        return log >= -Math.log(alpha);
    }

    /** As in "812", "1.3" and "10^12". */
    @Override
    public String toString() {
        if (log >= LARGE) {
            return "10^" + (long) (log / Math.log(10));
        }
        return String.format(Locale.ROOT, value() < 10 ? "%.2g" : "%.0f", value());
    }
}
