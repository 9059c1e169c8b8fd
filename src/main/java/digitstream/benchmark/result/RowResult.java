package digitstream.benchmark.result;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What all rounds of a row gave.
 *
 * @param id of the row
 * @param title of the row
 * @param rounds the outcome of each round
 */
public record RowResult(String id, String title, List<Outcome> rounds) {
    public RowResult {
        rounds = List.copyOf(rounds);
    }

    /** Returns the images a second of the measured rounds; empty if a round was void or failed: then there is no figure. */
    public Optional<Figure> figure() {
        List<Double> measured = measured().map(Outcome.Measured::perSecond).toList();
        return measured.isEmpty() || problem().isPresent() ? Optional.empty() : Optional.of(Figure.of(measured));
    }

    private Stream<Outcome.Measured> measured() {
        return rounds.stream().filter(Outcome.Measured.class::isInstance).map(Outcome.Measured.class::cast);
    }

    /** Returns why there is no figure, in words that stand in its place. */
    public Optional<String> problem() {
        return rounds.stream().flatMap(outcome -> outcome.problem().stream()).findFirst();
    }

    /** Returns whether no round was void or failed. A row that can't run here is no fault. */
    public boolean isSound() {
        return rounds.stream()
                .noneMatch(outcome -> outcome instanceof Outcome.Inexact || outcome instanceof Outcome.Failed);
    }
}
