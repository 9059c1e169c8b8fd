package digitstream.benchmark;

import java.util.List;
import java.util.stream.Stream;

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
    /** The model without Kafka, by batch size. */
    static final String INFERENCE = "inference";

    static final String LATENCY_EXACTLY_ONCE = "latency-exactly-once";
    static final String LATENCY_AT_LEAST_ONCE = "latency-at-least-once";

    public BenchPlan {
        rows = List.copyOf(rows);
    }

    /** Returns the ids of all rows, in the order of the table. */
    public static List<String> allRows() {
        return Stream.concat(
                        Rows.all().stream().map(Row::id),
                        Stream.of(INFERENCE, LATENCY_EXACTLY_ONCE, LATENCY_AT_LEAST_ONCE))
                .toList();
    }

    /** Returns the ids of the rows of a quick run: at least one of each kind. */
    public static List<String> quickRows() {
        return allRows().stream().filter(row -> !Rows.VARIANTS.contains(row)).toList();
    }

    boolean has(String row) {
        return rows.contains(row);
    }
}
