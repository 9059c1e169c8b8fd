package digitstream.benchmark.result;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/**
 * What all rounds of latency gave for one guarantee. Times are in milliseconds.
 *
 * @param id of the row
 * @param title of the row
 * @param problem why there is no figure, in words that stand in its place
 * @param maxPerSecond the highest rate, with the sender on the same machine
 * @param loads by share of that rate; the last two, without a share, are of images that come one at a time, until their predictions
 *     can be read and until they were classified
 * @param waitMean the mean wait of a lone image in its batch
 */
public record LatencyResult(
        String id,
        String title,
        Optional<String> problem,
        Optional<Figure> maxPerSecond,
        List<Load> loads,
        Optional<Figure> waitMean) {

    public LatencyResult {
        loads = List.copyOf(loads);
    }

    /**
     * The times of one rate.
     *
     * @param title of the rate
     * @param share of the highest rate; 0 for images that come one at a time
     */
    public record Load(
            String title,
            double share,
            Optional<Figure> perSecond,
            Figure p50,
            Figure p95,
            Figure p99,
            Figure p999,
            Figure max) {
        static Load of(String title, double share, Optional<Figure> perSecond, List<Quantiles> rounds) {
            return new Load(
                    title,
                    share,
                    perSecond,
                    figure(rounds, Quantiles::p50),
                    figure(rounds, Quantiles::p95),
                    figure(rounds, Quantiles::p99),
                    figure(rounds, Quantiles::p999),
                    figure(rounds, Quantiles::max));
        }
    }

    public static LatencyResult of(String id, String title, List<LatencyOutcome> rounds) {
        Optional<String> problem = rounds.stream()
                .map(LatencyOutcome::problem)
                .filter(text -> !text.isEmpty())
                .findFirst();
        if (problem.isPresent() || rounds.isEmpty()) {
            return new LatencyResult(
                    id,
                    title,
                    problem.or(() -> Optional.of("not measured")),
                    Optional.empty(),
                    List.of(),
                    Optional.empty());
        }
        List<Load> loads = new ArrayList<>();
        for (int i = 0; i < LatencyOutcome.LOADS.size(); i++) {
            int index = i;
            double share = LatencyOutcome.LOADS.get(i);
            loads.add(Load.of(
                    Math.round(100 * share) + " % load",
                    share,
                    Optional.of(figure(rounds, round -> round.loads().get(index).perSecond())),
                    rounds.stream()
                            .map(round -> round.loads().get(index).millis())
                            .toList()));
        }
        loads.add(Load.of(
                "one at a time",
                0,
                Optional.empty(),
                rounds.stream().map(round -> round.lone().millis()).toList()));
        loads.add(Load.of(
                "one at a time, until classified",
                0,
                Optional.empty(),
                rounds.stream().map(round -> round.lone().classified()).toList()));
        return new LatencyResult(
                id,
                title,
                Optional.empty(),
                Optional.of(figure(rounds, LatencyOutcome::maxPerSecond)),
                loads,
                Optional.of(figure(rounds, round -> round.lone().waitMeanMillis())));
    }

    private static <T> Figure figure(List<T> rounds, ToDoubleFunction<T> value) {
        return Figure.of(rounds.stream().map(value::applyAsDouble).toList());
    }
}
