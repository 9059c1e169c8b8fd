package digitstream.challenge;

import java.util.Collection;

/**
 * Splits the probability of a false promotion over the challengers that run at once. A challenger receives an equal part when
 * it is registered and keeps it until it is retired or promoted. Of the challengers that are no better than their champion, a
 * share of at most one part is ever promoted. The total bounds the probability of a false promotion among challengers that run
 * at once; over a succession of challengers, it bounds the expected number of false promotions per {@code challengers} of them.
 *
 * @param total above 0 and below 1
 * @param challengers the number that may run at once, 1 or more
 */
public record ErrorBudget(double total, int challengers) {
    public ErrorBudget {
        Probabilities.requireAlpha(total);
        if (challengers < 1) {
            throw new IllegalArgumentException("at most " + challengers + " challengers at once; allow 1 or more");
        }
    }

    /** The alpha of the next challenger. */
    public double part() {
        return total / challengers;
    }

    /**
     * Whether another challenger may start.
     *
     * @param running the alphas of those that run, as they were registered: the settings may have changed since
     */
    public boolean admits(Collection<Double> running) {
        double spent = running.stream().mapToDouble(Double::doubleValue).sum();
        // Parts that add up to the total may exceed it by rounding.
        return spent + part() <= total * (1 + 1e-9);
    }
}
