package digitstream.benchmark.result;

import java.util.List;

/**
 * What a benchmark measures.
 *
 * @param images in the backlog of each row
 * @param rounds how often every row runs
 * @param seed of the rows' order, and of the pauses between lone images
 * @param quick whether it only shows that everything works and is exact
 * @param rows the ids of the rows to run
 */
public record BenchPlan(int images, int rounds, long seed, boolean quick, List<String> rows) {
    public BenchPlan {
        rows = List.copyOf(rows);
    }

    /** Returns whether a row is to run. */
    public boolean has(String row) {
        return rows.contains(row);
    }
}
