package digitstream.benchmark;

import java.util.List;

/**
 * What a benchmark measures.
 *
 * @param images in the backlog of each row
 * @param rounds how often every row runs
 * @param seed of the rows' order
 * @param quick whether it only shows that everything works and is exact
 * @param rows the ids of the rows, in the order of the table
 */
public record BenchPlan(int images, int rounds, long seed, boolean quick, List<String> rows) {
    public BenchPlan {
        rows = List.copyOf(rows);
    }

    /** Returns the ids of all rows. */
    public static List<String> allRows() {
        return Rows.all().stream().map(Row::id).toList();
    }
}
