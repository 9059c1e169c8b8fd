package digitstream.benchmark;

import digitstream.benchmark.load.Backlog;
import digitstream.benchmark.load.Cluster;
import digitstream.benchmark.result.BenchPlan;
import digitstream.benchmark.result.BenchResult;
import digitstream.benchmark.result.Machine;
import digitstream.benchmark.result.Ratio;
import digitstream.benchmark.result.RowId;
import digitstream.benchmark.result.RowResult;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Runs every row of a plan in rounds, against one broker. Used once, by one thread. */
public final class Bench {
    /** Which rows are divided by which. */
    private static final List<List<String>> RATIOS = List.of(
            List.of(RowId.EXACTLY_ONCE, RowId.PASS_TUNED),
            List.of(RowId.EXACTLY_ONCE, RowId.PASS_DEFAULT),
            List.of(RowId.EXACTLY_ONCE, RowId.LOOP),
            List.of(RowId.EXACTLY_ONCE, RowId.FLINK),
            List.of(RowId.EXACTLY_ONCE, RowId.PER_RECORD),
            List.of(RowId.SCORE, RowId.EXACTLY_ONCE),
            List.of(RowId.BOTH, RowId.EXACTLY_ONCE));

    private final BenchSetup setup;
    private final Cluster cluster;
    private final BenchPlan plan;

    /** Creates a benchmark. */
    public Bench(BenchSetup setup, BenchPlan plan) {
        this.setup = setup;
        this.cluster = setup.cluster();
        this.plan = plan;
    }

    /** Returns the ids of all rows, in the order of the table. */
    public static List<String> allRows() {
        return Rows.ids();
    }

    /** Returns the ids of the rows of a quick run: at least one of each kind. */
    public static List<String> quickRows() {
        return allRows().stream().filter(row -> !Rows.VARIANTS.contains(row)).toList();
    }

    /**
     * Runs the benchmark. What it has created on the brokers is deleted at the end.
     *
     * @throws digitstream.local.LocalException if a server stops
     */
    public BenchResult run() throws InterruptedException {
        Instant started = setup.clock().instant();
        List<Row> rows = Rows.all().stream().filter(row -> plan.has(row.id())).toList();
        try {
            cluster.deleteTopicsExcept(List.of());
            RowRunner runner = new RowRunner(setup, plan.images());
            Optional<String> unscored = prepare(runner, rows);
            Rounds rounds = new Rounds(setup, plan, runner);
            rounds.run(rows, unscored);
            List<RowResult> results = rounds.rows(rows);
            return new BenchResult(
                    started,
                    Duration.between(started, setup.clock().instant()).toMillis() / 1e3,
                    Machine.current(),
                    plan,
                    ratios(results),
                    results,
                    rounds.latencies());
        } finally {
            cluster.deleteTopicsExcept(List.of());
            cluster.deleteGroups();
        }
    }

    /**
     * Produces the backlog, and the predictions for scoring alone.
     *
     * @return why there are no predictions, if so
     */
    private Optional<String> prepare(RowRunner runner, List<Row> rows) throws InterruptedException {
        if (rows.isEmpty()) {
            return Optional.empty();
        }
        setup.report(String.format(Locale.ROOT, "Producing %,d images and their labels ...", plan.images()));
        cluster.create(Map.of(
                Backlog.IMAGES, Cluster.PARTITIONS,
                Backlog.LABELS, Cluster.PARTITIONS,
                Backlog.FEW_IMAGES, Cluster.PARTITIONS));
        Backlog.produce(cluster, setup.images(), Backlog.IMAGES, true, plan.images(), setup.stop());
        Backlog.produce(cluster, setup.images(), Backlog.FEW_IMAGES, false, RowRunner.few(plan.images()), setup.stop());
        if (rows.stream().noneMatch(row -> row.output() == Row.Output.SCORES)) {
            return Optional.empty();
        }
        setup.report("Producing predictions, for scoring alone ...");
        return new RowResult("", "", List.of(runner.prepare(Rows.exactlyOnce()))).problem();
    }

    private static List<Ratio> ratios(List<RowResult> results) {
        Map<String, RowResult> byId = new LinkedHashMap<>();
        results.forEach(result -> byId.put(result.id(), result));
        List<Ratio> ratios = new ArrayList<>();
        for (List<String> pair : RATIOS) {
            RowResult one = byId.get(pair.get(0));
            RowResult other = byId.get(pair.get(1));
            if (one != null && other != null) {
                Ratio.of(one, other).ifPresent(ratios::add);
            }
        }
        return ratios;
    }
}
