package digitstream.benchmark;

import digitstream.benchmark.load.Backlog;
import digitstream.benchmark.load.Cluster;
import digitstream.benchmark.result.GrowthPlan;
import digitstream.benchmark.result.GrowthPoint;
import digitstream.benchmark.result.GrowthResult;
import digitstream.benchmark.result.LatencyOutcome;
import digitstream.benchmark.result.Machine;
import digitstream.benchmark.result.Outcome;
import digitstream.benchmark.result.StateOutcome;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Measures how the cost of classifying grows with partitions, batches and records, and that of scoring with its state, against one
 * broker. Used once, by one thread.
 */
public final class Growth {
    private static final String GUARANTEE = "exactly_once_v2";

    private final BenchSetup setup;
    private final Cluster cluster;
    private final GrowthPlan plan;
    private final RowRunner runner;
    private final LatencyRunner latency;
    private final StateRunner state;
    private final List<GrowthResult.Bytes> bytes = new ArrayList<>();

    /** Creates a measurement. */
    public Growth(BenchSetup setup, GrowthPlan plan) {
        this.setup = setup;
        this.cluster = setup.cluster();
        this.plan = plan;
        this.runner = new RowRunner(setup, plan.images());
        this.latency = new LatencyRunner(setup, plan.phase(), plan.phase(), 0, 0);
        this.state = new StateRunner(setup, runner, plan.statePerSecond());
    }

    /**
     * Runs the measurement. What it has created on the brokers is deleted at the end.
     *
     * @throws digitstream.local.LocalException if a server stops
     */
    public GrowthResult run() throws InterruptedException {
        Instant started = setup.clock().instant();
        try {
            cluster.deleteTopicsExcept(List.of());
            List<GrowthPoint> partitions = plan.has(GrowthPlan.PARTITIONS) ? partitions() : List.of();
            List<GrowthPoint> batches = plan.has(GrowthPlan.BATCHES) ? batches() : List.of();
            List<GrowthPoint> records = plan.has(GrowthPlan.RECORDS) ? records() : List.of();
            List<StateOutcome> states = plan.has(GrowthPlan.STATE) ? states() : List.of();
            return new GrowthResult(
                    started,
                    Duration.between(started, setup.clock().instant()).toMillis() / 1e3,
                    Machine.current(),
                    plan,
                    partitions,
                    batches,
                    records,
                    // The latest is of the most images, and of the same for all series.
                    bytes.stream().reduce((earlier, later) -> later),
                    states);
        } finally {
            cluster.deleteTopicsExcept(List.of());
            cluster.deleteGroups();
        }
    }

    private List<GrowthPoint> partitions() throws InterruptedException {
        List<GrowthPoint> points = new ArrayList<>();
        for (int partitions : plan.partitions()) {
            if (setup.stopRequested()) {
                break;
            }
            String name = "partitions-" + partitions;
            Input input = new Input(Backlog.IMAGES, partitions, plan.images());
            produce(input);
            Outcome throughput = classify(name, Rows.BATCH, input);
            cluster.deleteTopicsExcept(List.of());
            points.add(report(
                    name,
                    partitions,
                    throughput,
                    Optional.of(latency.runAt(partitions, Rows.BATCH, plan.partitionsPerSecond(), name + "-latency"))));
        }
        return points;
    }

    private List<GrowthPoint> batches() throws InterruptedException {
        Input all = new Input(Backlog.IMAGES, Cluster.PARTITIONS, plan.images());
        Input few = new Input(Backlog.FEW_IMAGES, Cluster.PARTITIONS, plan.imagesOf(1));
        produce(all);
        produce(few);
        List<GrowthPoint> points = new ArrayList<>();
        for (int batch : plan.batches()) {
            if (setup.stopRequested()) {
                break;
            }
            String name = "batch-" + batch;
            Outcome throughput = classify(name, batch, plan.imagesOf(batch) == all.images() ? all : few);
            points.add(report(
                    name,
                    batch,
                    throughput,
                    Optional.of(latency.runAt(Cluster.PARTITIONS, batch, plan.batchesPerSecond(), name + "-latency"))));
        }
        cluster.deleteTopicsExcept(List.of());
        return points;
    }

    private Outcome classify(String name, int batch, Input input) throws InterruptedException {
        Row row = Rows.classify(name, name, Rows.THREADS, batch, GUARANTEE);
        return runner.run(row, name, input, List.of(input.images()), watch -> measureBytes(input));
    }

    /** One long run, with the throughput up to each mark since the one before. */
    private List<GrowthPoint> records() throws InterruptedException {
        List<Integer> marks = plan.marks();
        Input input = new Input(Backlog.IMAGES, Cluster.PARTITIONS, marks.get(marks.size() - 1));
        produce(input);
        List<Double> perSecond = new ArrayList<>();
        Row row = Rows.classify("records", "records", Rows.THREADS, Rows.BATCH, GUARANTEE);
        Outcome all = runner.run(row, "records", input, marks, watch -> {
            perSecond.addAll(watch.perSecondByMark());
            measureBytes(input);
        });
        List<GrowthPoint> points = new ArrayList<>();
        for (int i = 0; i < marks.size(); i++) {
            Outcome upToMark = all instanceof Outcome.Measured ? new Outcome.Measured(perSecond.get(i)) : all;
            points.add(report("records-" + marks.get(i), marks.get(i), upToMark, Optional.empty()));
        }
        cluster.deleteTopicsExcept(List.of());
        return points;
    }

    private List<StateOutcome> states() throws InterruptedException {
        List<StateOutcome> outcomes = new ArrayList<>();
        for (int minutes : plan.minutes()) {
            if (setup.stopRequested()) {
                break;
            }
            setup.report(
                    String.format(Locale.ROOT, "Scoring what comes in %d minutes, and starting again ...", minutes));
            StateOutcome outcome = state.run(minutes);
            outcomes.add(outcome);
            String text = outcome.size()
                    .map(size -> String.format(
                            Locale.ROOT, "%,.1f MB, restored in %.1f s", size.diskBytes() / 1e6, size.restoreSeconds()))
                    .orElse(outcome.problem());
            setup.report(String.format(Locale.ROOT, "%-24s %s", "state-" + minutes, text));
        }
        return outcomes;
    }

    private void produce(Input input) throws InterruptedException {
        setup.report(String.format(
                Locale.ROOT, "Producing %,d images in %d partitions ...", input.images(), input.partitions()));
        cluster.create(Map.of(input.topic(), input.partitions()));
        Backlog.produce(cluster, setup.images(), input.topic(), false, input.images(), setup.stop());
    }

    private void measureBytes(Input input) throws InterruptedException {
        bytes.add(new GrowthResult.Bytes(
                (double) cluster.bytes(input.topic()::equals) / input.images(),
                (double) cluster.bytes(RowRunner.PREDICTIONS::equals) / input.images()));
    }

    private GrowthPoint report(String name, int value, Outcome throughput, Optional<LatencyOutcome> latencyOutcome) {
        GrowthPoint point = new GrowthPoint(value, throughput, latencyOutcome);
        List<String> words = new ArrayList<>();
        point.perSecond().ifPresent(known -> words.add(String.format(Locale.ROOT, "%,.0f images/s", known)));
        point.millis().ifPresent(known -> words.add(String.format(Locale.ROOT, "p99 %,.0f ms", known.p99())));
        point.problems().forEach(words::add);
        setup.report(String.format(Locale.ROOT, "%-24s %s", name, String.join(", ", words)));
        return point;
    }
}
