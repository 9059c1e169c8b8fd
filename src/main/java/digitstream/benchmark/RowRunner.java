package digitstream.benchmark;

import digitstream.benchmark.Row.Output;
import digitstream.benchmark.load.Backlog;
import digitstream.benchmark.load.Cluster;
import digitstream.benchmark.load.JointWatch;
import digitstream.benchmark.load.PredictionWatch;
import digitstream.benchmark.load.ScoreWatch;
import digitstream.benchmark.load.Watch;
import digitstream.benchmark.result.Outcome;
import digitstream.local.LocalException;
import digitstream.local.ReadyProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.kafka.common.KafkaException;

/** Runs one row once: starts its program, counts what comes out, and stops it. Used by one thread. */
final class RowRunner {
    static final String PREDICTIONS = Cluster.topic("predictions");
    static final String ACCURACY = Cluster.topic("accuracy");
    static final String CHALLENGERS = Cluster.topic("challenger.predictions");
    static final String COMPARISONS = Cluster.topic("comparisons");
    static final String MODELS = Cluster.topic("models");
    static final String INSTANCES = Cluster.topic("instances");
    static final String DEAD_LETTERS = Cluster.topic("dead-letters");

    /** Predictions of all images, as input of scoring alone. */
    static final String KEPT_PREDICTIONS = Cluster.topic("kept-predictions");

    /** What the benchmark keeps on the brokers between two runs. */
    static final List<String> KEPT = List.of(Backlog.IMAGES, Backlog.FEW_IMAGES, Backlog.LABELS, KEPT_PREDICTIONS);

    private static final Duration POLL = Duration.ofMillis(100);
    private static final long START_TIMEOUT_NANOS = Duration.ofMinutes(2).toNanos();
    private static final long STALL_TIMEOUT_NANOS = Duration.ofSeconds(30).toNanos();
    private static final long DRAIN_TIMEOUT_NANOS = Duration.ofSeconds(10).toNanos();

    private final Cluster cluster;
    private final BenchSetup setup;
    private final int images;

    /**
     * Creates a runner.
     *
     * @param images how many images the backlog has
     */
    RowRunner(BenchSetup setup, int images) {
        this.setup = setup;
        this.cluster = setup.cluster();
        this.images = images;
    }

    /** Returns the topics that a run writes, with their partitions. */
    static Map<String, Integer> outputs(int partitions) {
        return Map.of(
                PREDICTIONS,
                partitions,
                CHALLENGERS,
                partitions,
                ACCURACY,
                1,
                COMPARISONS,
                1,
                MODELS,
                1,
                INSTANCES,
                1,
                DEAD_LETTERS,
                Cluster.PARTITIONS);
    }

    /** Returns how many images the small backlog has. */
    static int few(int images) {
        return Math.max(1, images / 20);
    }

    /**
     * Runs a row.
     *
     * @param name of the run, for groups and logs
     * @throws LocalException if a server has stopped, which no row can do without
     */
    Outcome run(Row row, String name) throws InterruptedException {
        String predictions = row.output() == Output.SCORES ? KEPT_PREDICTIONS : PREDICTIONS;
        return run(row, name, input(row), predictions, watch(row, predictions), ignored -> {});
    }

    /**
     * Runs a row that classifies, with another input.
     *
     * @param marks the counts of images between which to take the throughput as well, up to all of them
     * @param reader is called if the row is measured, while its output is still there
     */
    Outcome run(Row row, String name, Input input, List<Integer> marks, Reader<PredictionWatch> reader)
            throws InterruptedException {
        return run(
                row,
                name,
                input,
                PREDICTIONS,
                () -> new PredictionWatch(cluster.clients(), PREDICTIONS, marks),
                reader);
    }

    /** Reads more from a watch than the throughput. */
    interface Reader<W extends Watch> {
        void read(W watch) throws InterruptedException;
    }

    /** Runs a classifying row, and keeps its predictions as the input of scoring. */
    Outcome prepare(Row row) throws InterruptedException {
        cluster.create(Map.of(KEPT_PREDICTIONS, Cluster.PARTITIONS));
        return run(row, "prepare", input(row), KEPT_PREDICTIONS, watch(row, KEPT_PREDICTIONS), ignored -> {});
    }

    private Input input(Row row) {
        return row.output() == Output.FEW_PREDICTIONS
                ? new Input(Backlog.FEW_IMAGES, Cluster.PARTITIONS, few(images))
                : new Input(Backlog.IMAGES, Cluster.PARTITIONS, images);
    }

    private <W extends Watch> Outcome run(
            Row row, String name, Input input, String predictions, Supplier<W> open, Reader<W> reader)
            throws InterruptedException {
        RunContext run = new RunContext(
                cluster,
                Cluster.PREFIX + "-" + name,
                input.topic(),
                predictions,
                setup.model(),
                cluster.directory().resolve("state-" + name));
        Path log = cluster.directory().resolve(name + ".log");
        try {
            List<String> program = row.program().arguments(run);
            cluster.create(outputs(input.partitions()));
            try (W watch = open.get()) {
                try (ReadyProcess process =
                        ReadyProcess.start(row.title(), cluster.home(), ReadyProcess.ALL_COMPILERS, program, log)) {
                    count(watch, process);
                }
                Outcome outcome = outcome(watch);
                if (outcome instanceof Outcome.Measured) {
                    reader.read(watch);
                }
                return outcome;
            }
        } catch (Row.SkippedException e) {
            return new Outcome.Skipped(String.valueOf(e.getMessage()));
        } catch (KafkaException | LocalException e) {
            cluster.fault().get().ifPresent(fault -> {
                throw new LocalException(fault, e);
            });
            return new Outcome.Failed(String.valueOf(e.getMessage()));
        } finally {
            cluster.deleteTopicsExcept(KEPT);
            cluster.deleteGroups();
        }
    }

    private Supplier<Watch> watch(Row row, String predictions) {
        return () -> switch (row.output()) {
            case PREDICTIONS -> new PredictionWatch(cluster.clients(), predictions, images);
            case FEW_PREDICTIONS -> new PredictionWatch(cluster.clients(), predictions, few(images));
            case SCORES -> new ScoreWatch(cluster, ACCURACY, images);
            case BOTH ->
                new JointWatch(
                        new PredictionWatch(cluster.clients(), predictions, images),
                        new ScoreWatch(cluster, ACCURACY, images));
        };
    }

    /** Counts until every image is counted, there is no progress, or the program ends. */
    void count(Watch watch, ReadyProcess process) {
        long progress = 0;
        long progressNanos = System.nanoTime();
        while (!watch.isComplete() && !setup.stopRequested()) {
            watch.poll(POLL);
            long now = System.nanoTime();
            if (watch.progress() != progress) {
                progress = watch.progress();
                progressNanos = now;
            }
            if (!process.process().isAlive()) {
                throw new LocalException("stopped: " + process.process().firstError());
            }
            if (now - progressNanos > (progress == 0 ? START_TIMEOUT_NANOS : STALL_TIMEOUT_NANOS)) {
                return;
            }
        }
    }

    /** Reads what the stopping program still wrote, and judges. */
    private Outcome outcome(Watch watch) {
        if (setup.stopRequested()) {
            return new Outcome.Failed("interrupted");
        }
        long deadline = System.nanoTime() + DRAIN_TIMEOUT_NANOS;
        while (!watch.isAtEnd() && System.nanoTime() < deadline) {
            watch.poll(POLL);
        }
        return watch.fault().isEmpty() ? new Outcome.Measured(watch.perSecond()) : new Outcome.Inexact(watch.fault());
    }
}
