package digitstream.benchmark.result;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How many times as fast one row is as another. The rows of a round ran within minutes of each other, so the ratio is taken in each
 * round.
 *
 * @param row the id of the one
 * @param to the id of the other
 * @param figure over the rounds
 */
public record Ratio(String row, String to, Figure figure) {
    /** Compares two rows; empty if one of them has no figure. */
    public static Optional<Ratio> of(RowResult row, RowResult to) {
        if (row.figure().isEmpty() || to.figure().isEmpty()) {
            return Optional.empty();
        }
        List<Double> rounds = new ArrayList<>();
        for (int round = 0; round < Math.min(row.rounds().size(), to.rounds().size()); round++) {
            if (row.rounds().get(round) instanceof Outcome.Measured one
                    && to.rounds().get(round) instanceof Outcome.Measured other) {
                rounds.add(one.perSecond() / other.perSecond());
            }
        }
        return Optional.of(new Ratio(row.id(), to.id(), Figure.of(rounds)));
    }
}
