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
import java.util.function.BooleanSupplier;
import org.apache.kafka.common.KafkaException;

/** Runs one row once: starts its program, counts what comes out, and stops it. Used by one thread. */
final class RowRunner {
    static final String PREDICTIONS = Cluster.topic("predictions");
    static final String ACCURACY = Cluster.topic("accuracy");
    static final String MODELS = Cluster.topic("models");
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
    private final Path model;
    private final int images;
    private final BooleanSupplier stop;

    /**
     * Creates a runner.
     *
     * @param model the folder of the model
     * @param images in the backlog
     * @param stop polled; returns true to end a run early
     */
    RowRunner(Cluster cluster, Path model, int images, BooleanSupplier stop) {
        this.cluster = cluster;
        this.model = model;
        this.images = images;
        this.stop = stop;
    }

    /** Returns the topics that a run writes, with their partitions. */
    static Map<String, Integer> outputs() {
        return Map.of(PREDICTIONS, Cluster.PARTITIONS, ACCURACY, 1, MODELS, 1, DEAD_LETTERS, Cluster.PARTITIONS);
    }

    /** Returns how many images the small backlog has. */
    static int few(int images) {
        return Math.max(1, images / 10);
    }

    /**
     * Runs a row.
     *
     * @param name of the run, for groups and logs
     * @throws LocalException if a server has stopped, which no row can do without
     */
    Outcome run(Row row, String name) throws InterruptedException {
        return run(row, name, row.output() == Output.SCORES ? KEPT_PREDICTIONS : PREDICTIONS);
    }

    /** Runs a classifying row, and keeps its predictions as the input of scoring. */
    Outcome prepare(Row row) throws InterruptedException {
        cluster.create(Map.of(KEPT_PREDICTIONS, Cluster.PARTITIONS));
        return run(row, "prepare", KEPT_PREDICTIONS);
    }

    private Outcome run(Row row, String name, String predictions) throws InterruptedException {
        RunContext run = new RunContext(
                cluster,
                Cluster.PREFIX + "-" + name,
                row.output() == Output.FEW_PREDICTIONS ? Backlog.FEW_IMAGES : Backlog.IMAGES,
                predictions,
                model,
                cluster.directory().resolve("state-" + name));
        Path log = cluster.directory().resolve(name + ".log");
        try {
            List<String> program = row.program().arguments(run);
            cluster.create(outputs());
            try (Watch watch = watch(row, predictions)) {
                try (ReadyProcess process =
                        ReadyProcess.start(row.title(), cluster.home(), ReadyProcess.ALL_COMPILERS, program, log)) {
                    watch(watch, process);
                }
                return outcome(watch);
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

    private Watch watch(Row row, String predictions) {
        return switch (row.output()) {
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
    private void watch(Watch watch, ReadyProcess process) {
        long progress = 0;
        long progressNanos = System.nanoTime();
        while (!watch.isComplete() && !stop.getAsBoolean()) {
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
        if (stop.getAsBoolean()) {
            return new Outcome.Failed("interrupted");
        }
        long deadline = System.nanoTime() + DRAIN_TIMEOUT_NANOS;
        while (!watch.isAtEnd() && System.nanoTime() < deadline) {
            watch.poll(POLL);
        }
        return watch.fault().isEmpty() ? new Outcome.Measured(watch.perSecond()) : new Outcome.Inexact(watch.fault());
    }
}
