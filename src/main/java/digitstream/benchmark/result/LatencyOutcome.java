package digitstream.benchmark.result;

import java.util.List;

/**
 * What one round of latency gave.
 *
 * @param problem why there is no figure, or an empty string
 * @param maxPerSecond the highest rate, with the sender on the same machine
 * @param loads by share of that rate
 * @param lone of images that come one at a time
 */
public record LatencyOutcome(String problem, double maxPerSecond, List<Load> loads, Lone lone) {
    /** The shares of the highest rate. */
    public static final List<Double> LOADS = List.of(0.1, 0.5, 0.8);

    public LatencyOutcome {
        loads = List.copyOf(loads);
    }

    /**
     * Arrivals at one rate.
     *
     * @param share of the highest rate
     * @param perSecond the rate
     */
    public record Load(double share, double perSecond, Quantiles millis) {}

    /**
     * Images that come one at a time.
     *
     * @param millis from when an image is due to when its prediction can be read
     * @param classified from when an image is due to when it has been classified
     * @param waitMeanMillis the mean wait in a batch, by the metrics of the serving process
     */
    public record Lone(Quantiles millis, Quantiles classified, double waitMeanMillis) {}

    public static LatencyOutcome failed(String problem) {
        return new LatencyOutcome(problem, 0, List.of(), noLone());
    }

    /** Returns the outcome of arrivals at one rate alone. */
    public static LatencyOutcome of(Load load) {
        return new LatencyOutcome("", load.perSecond(), List.of(load), noLone());
    }

    private static Lone noLone() {
        Quantiles none = new Quantiles(0, 0, 0, 0, 0);
        return new Lone(none, none, 0);
    }
}
