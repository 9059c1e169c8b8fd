package digitstream.benchmark.result;

import org.HdrHistogram.Histogram;

/** Quantiles of times, in milliseconds. */
public record Quantiles(double p50, double p95, double p99, double p999, double max) {
    private static final double MICROS_PER_MILLI = 1_000;

    public static Quantiles of(Histogram micros) {
        return new Quantiles(
                at(micros, 50),
                at(micros, 95),
                at(micros, 99),
                at(micros, 99.9),
                micros.getMaxValue() / MICROS_PER_MILLI);
    }

    private static double at(Histogram micros, double percentile) {
        return micros.getValueAtPercentile(percentile) / MICROS_PER_MILLI;
    }
}
