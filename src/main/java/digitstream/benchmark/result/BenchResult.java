package digitstream.benchmark.result;

import java.time.Instant;
import java.util.List;

/**
 * What a benchmark gave.
 *
 * @param startedAt when it started
 * @param seconds that it took
 * @param machine what it ran on
 * @param ratios of our rows to those that they are compared with
 * @param rows of throughput, in the order of the table
 * @param latencies by guarantee
 */
public record BenchResult(
        Instant startedAt,
        double seconds,
        Machine machine,
        BenchPlan plan,
        List<Ratio> ratios,
        List<RowResult> rows,
        List<LatencyResult> latencies) {
    public BenchResult {
        ratios = List.copyOf(ratios);
        rows = List.copyOf(rows);
        latencies = List.copyOf(latencies);
    }

    /** Returns whether no row was void or failed. A row that can't run here is no fault. */
    public boolean isSound() {
        return rows.stream().allMatch(RowResult::isSound)
                && latencies.stream().allMatch(latency -> latency.problem().isEmpty());
    }
}
