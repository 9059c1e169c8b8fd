package digitstream.benchmark;

import java.time.Instant;
import java.util.List;

/**
 * What a benchmark gave.
 *
 * @param startedAt when it started
 * @param machine what it ran on
 * @param ratios of our rows to those that they are compared with
 * @param rows in the order of the table
 */
public record BenchResult(
        Instant startedAt, Machine machine, BenchPlan plan, List<Ratio> ratios, List<RowResult> rows) {
    public BenchResult {
        ratios = List.copyOf(ratios);
        rows = List.copyOf(rows);
    }

    /** Returns whether no row was void or failed. */
    public boolean isSound() {
        return rows.stream().allMatch(RowResult::isSound);
    }
}
