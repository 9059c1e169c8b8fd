package digitstream.benchmark;

import digitstream.benchmark.load.Backlog;
import digitstream.benchmark.load.Cluster;
import digitstream.benchmark.load.ScoreWatch;
import digitstream.benchmark.load.ScoredTraffic;
import digitstream.benchmark.result.StateOutcome;
import digitstream.local.LocalException;
import digitstream.local.ReadyProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.common.KafkaException;

/**
 * Measures the state of scoring: fills it with the traffic of some time, kills the process as a crash would, and starts it again,
 * first with its state directory and then with an empty one. After each start, some predictions come a second time. Only if their
 * images are in the state are they counted as duplicates. Used by one thread.
 */
final class StateRunner {
    private static final int REPEATED_EVERY = 100;

    private static final Duration START_TIMEOUT = Duration.ofMinutes(10);

    private static final Map<String, String> SETTINGS = Map.of(
            // Bounds how long a transaction that is open nevertheless holds up the next start.
            "score.producer.transaction.timeout.ms", "10000");

    private final BenchSetup setup;
    private final Cluster cluster;
    private final RowRunner runner;
    private final int perSecond;

    StateRunner(BenchSetup setup, RowRunner runner, int perSecond) {
        this.setup = setup;
        this.cluster = setup.cluster();
        this.runner = runner;
        this.perSecond = perSecond;
    }

    /** Measures the state after this time of traffic. What it has created on the brokers is deleted at the end. */
    StateOutcome run(int minutes) throws InterruptedException {
        String name = "state-" + minutes;
        RunContext run = new RunContext(
                cluster,
                Cluster.PREFIX + "-" + name,
                Backlog.IMAGES,
                RowRunner.PREDICTIONS,
                setup.model(),
                cluster.directory().resolve(name));
        int count = ScoredTraffic.count(Duration.ofMinutes(minutes), perSecond);
        try {
            return StateOutcome.of(minutes, count, measure(run, minutes));
        } catch (KafkaException | LocalException | VoidException | UncheckedIOException e) {
            cluster.fault().get().ifPresent(fault -> {
                throw new LocalException(fault, e);
            });
            return StateOutcome.failed(
                    minutes, count, (e instanceof VoidException ? "void: " : "failed: ") + e.getMessage());
        } finally {
            delete(run.state());
            cluster.deleteTopicsExcept(List.of());
            cluster.deleteGroups();
        }
    }

    /** Thrown if an image is missing or was counted twice. */
    private static final class VoidException extends RuntimeException {
        private static final long serialVersionUID = 1;

        VoidException(String fault) {
            super(fault);
        }
    }

    private StateOutcome.Size measure(RunContext run, int minutes) throws InterruptedException {
        cluster.create(RowRunner.outputs(Cluster.PARTITIONS));
        cluster.create(Map.of(Backlog.LABELS, Cluster.PARTITIONS));
        ScoredTraffic traffic = new ScoredTraffic(cluster, setup.images(), RowRunner.PREDICTIONS, perSecond);
        int count = traffic.produce(Duration.ofMinutes(minutes), setup.stop());
        double emptyStart = startAndKill(run, count, 0);
        long disk = bytes(run.state());
        long changelog = cluster.bytes(topic -> topic.startsWith(group(run)) && topic.endsWith("-changelog"));
        int repeated = traffic.repeat(count, REPEATED_EVERY, setup.stop());
        double restart = startAndKill(run, count, repeated);
        delete(run.state());
        repeated += traffic.repeat(count, REPEATED_EVERY, setup.stop());
        double restore = startAndKill(run, count, repeated);
        return new StateOutcome.Size(disk, changelog, emptyStart, restart, restore);
    }

    /** Starts the process, waits until it has counted everything, and kills it. Returns how long it took to start. */
    private double startAndKill(RunContext run, int count, int repeated) throws InterruptedException {
        List<String> program = Rows.serve(run, List.of("--only", "score"), SETTINGS);
        Path log = cluster.directory().resolve(run.state().getFileName() + ".log");
        long start = System.nanoTime();
        try (ReadyProcess process =
                ReadyProcess.start("scoring", cluster.home(), ReadyProcess.ALL_COMPILERS, program, log)) {
            process.awaitReady(START_TIMEOUT);
            double seconds = (System.nanoTime() - start) / 1e9;
            try (ScoreWatch watch = new ScoreWatch(cluster, RowRunner.ACCURACY, count, repeated)) {
                runner.count(watch, process);
                if (setup.stopRequested()) {
                    throw new LocalException("interrupted");
                }
                if (!watch.fault().isEmpty()) {
                    throw new VoidException(watch.fault());
                }
            }
            // An open transaction would hold up the next start.
            cluster.awaitNoTransaction(group(run));
            process.process().kill();
            cluster.forgetMembers(group(run));
            return seconds;
        }
    }

    /** The application id of scoring, which names its group, its transactions and its topics. */
    private static String group(RunContext run) {
        return run.name() + "-score";
    }

    private static long bytes(Path folder) {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.mapToLong(StateRunner::size).sum();
        } catch (IOException e) {
            throw new UncheckedIOException("the state in " + folder + " can't be read: " + e, e);
        }
    }

    private static long size(Path file) {
        try {
            return Files.isRegularFile(file) ? Files.size(file) : 0;
        } catch (NoSuchFileException deletedMeanwhile) {
            return 0;
        } catch (IOException e) {
            throw new UncheckedIOException("the size of " + file + " can't be read: " + e, e);
        }
    }

    private static void delete(Path folder) {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the state in " + folder + " can't be deleted: " + e, e);
        }
    }
}
