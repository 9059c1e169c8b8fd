package digitstream.benchmark.result;

import java.util.Optional;
import java.util.stream.Stream;

/**
 * What was measured at one value of a series.
 *
 * @param value the partitions, the size of a batch, or the images up to which the throughput was taken
 * @param throughput of the point
 * @param latency at the rate of the series; empty if the series has none
 */
public record GrowthPoint(int value, Outcome throughput, Optional<LatencyOutcome> latency) {
    /** Returns the images a second; empty if there is no figure. */
    public Optional<Double> perSecond() {
        return throughput instanceof Outcome.Measured measured ? Optional.of(measured.perSecond()) : Optional.empty();
    }

    /** Returns the latency; empty if there is no figure. */
    public Optional<Quantiles> millis() {
        return latency.filter(known -> known.problem().isEmpty())
                .map(known -> known.loads().get(0).millis());
    }

    /** Returns why figures are missing, in words. */
    public Stream<String> problems() {
        return Stream.concat(
                throughput.problem().stream(),
                latency
                        .map(LatencyOutcome::problem)
                        .filter(text -> !text.isEmpty())
                        .map(text -> "latency: " + text)
                        .stream());
    }
}
