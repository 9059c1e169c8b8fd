package digitstream.benchmark;

import digitstream.benchmark.load.Cluster;
import digitstream.benchmark.load.OpenLoop;
import digitstream.benchmark.load.PredictionTimer;
import digitstream.benchmark.result.LatencyOutcome;
import digitstream.benchmark.result.Quantiles;
import digitstream.local.LocalException;
import digitstream.local.ReadyProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.common.KafkaException;

/** Measures the latency of a serving process while images arrive at several rates. Used by one thread. */
final class LatencyRunner {
    private static final String IMAGES = Cluster.topic("latency-images");

    /** Enough to keep the pipeline busy, as in the demo. */
    private static final int MAX_IN_FLIGHT = 20_000;

    /** Room for what a fast machine classifies. */
    private static final int CAPACITY = 8_000_000;

    /** The share of each phase that is not recorded, because the rate has just changed. */
    private static final double UNRECORDED = 0.2;

    private static final int LONE_PAUSE_MILLIS = 100;
    private static final Duration DRAIN_TIMEOUT = Duration.ofSeconds(30);
    private static final long CHECK_MILLIS = 10;

    private final BenchSetup setup;
    private final Cluster cluster;
    private final Duration warmUp;
    private final Duration phase;
    private final int lone;
    private final Random random;

    /**
     * Creates a runner.
     *
     * @param warmUp how long images arrive at the highest rate before anything is recorded
     * @param phase how long images arrive at one rate
     * @param lone how many images come one at a time
     * @param seed of the pauses between those
     */
    LatencyRunner(BenchSetup setup, Duration warmUp, Duration phase, int lone, long seed) {
        this.setup = setup;
        this.cluster = setup.cluster();
        this.warmUp = warmUp;
        this.phase = phase;
        this.lone = lone;
        this.random = new Random(seed);
    }

    /**
     * Measures one round.
     *
     * @param guarantee the {@code processing.guarantee}
     * @param name of the run
     */
    LatencyOutcome run(String guarantee, String name) throws InterruptedException {
        return run(name, Cluster.PARTITIONS, Rows.settings(Rows.THREADS, Rows.BATCH, guarantee), this::measure);
    }

    /**
     * Measures the latency at one rate, exactly-once.
     *
     * @param partitions of the topics
     * @param batch the size of a batch at most
     * @param perSecond the rate
     * @param name of the run
     */
    LatencyOutcome runAt(int partitions, int batch, double perSecond, String name) throws InterruptedException {
        return run(
                name,
                partitions,
                Rows.settings(Rows.THREADS, batch, "exactly_once_v2"),
                (sender, timer, process, port) -> {
                    // The first half warms the process up, at the same rate: this process may not keep up with a higher
                    // one.
                    load(sender, timer, process, 0, perSecond);
                    return LatencyOutcome.of(load(sender, timer, process, 0, perSecond));
                });
    }

    /** What is done while a process serves. */
    private interface Measurement {
        LatencyOutcome run(OpenLoop sender, PredictionTimer timer, ReadyProcess process, int port)
                throws InterruptedException;
    }

    private LatencyOutcome run(String name, int partitions, Map<String, String> settings, Measurement measurement)
            throws InterruptedException {
        RunContext run = new RunContext(
                cluster,
                Cluster.PREFIX + "-" + name,
                IMAGES,
                RowRunner.PREDICTIONS,
                setup.model(),
                cluster.directory().resolve("state-" + name));
        int port = freePort();
        List<String> program =
                Rows.serve(run, List.of("--only", "classify", "--metrics", "127.0.0.1:" + port), settings);
        try {
            cluster.create(RowRunner.outputs(partitions));
            cluster.create(Map.of(IMAGES, partitions));
            PredictionTimer timer = new PredictionTimer(cluster, RowRunner.PREDICTIONS, CAPACITY);
            try (OpenLoop sender = new OpenLoop(cluster, setup.images(), IMAGES, timer, setup.clock(), CAPACITY)) {
                timer.start();
                LatencyOutcome outcome;
                try (timer;
                        ReadyProcess process = ReadyProcess.start(
                                "latency",
                                cluster.home(),
                                ReadyProcess.ALL_COMPILERS,
                                program,
                                cluster.directory().resolve(name + ".log"))) {
                    process.awaitReady();
                    outcome = measurement.run(sender, timer, process, port);
                }
                String fault = timer.fault(sender.sent());
                return fault.isEmpty() ? outcome : LatencyOutcome.failed("void: " + fault);
            }
        } catch (KafkaException | LocalException e) {
            cluster.fault().get().ifPresent(fault -> {
                throw new LocalException(fault, e);
            });
            return LatencyOutcome.failed("failed: " + e.getMessage());
        } finally {
            cluster.deleteTopicsExcept(RowRunner.KEPT);
            cluster.deleteGroups();
        }
    }

    private LatencyOutcome measure(OpenLoop sender, PredictionTimer timer, ReadyProcess process, int port)
            throws InterruptedException {
        sender.saturate(warmUp, MAX_IN_FLIGHT, setup.stop());
        int before = timer.received();
        long start = System.nanoTime();
        sender.saturate(phase, MAX_IN_FLIGHT, setup.stop());
        double maxPerSecond = (timer.received() - before) * 1e9 / (System.nanoTime() - start);
        awaitPredictions(sender, timer, process);
        List<LatencyOutcome.Load> loads = new ArrayList<>();
        for (double share : LatencyOutcome.LOADS) {
            loads.add(load(sender, timer, process, share, Math.max(1, share * maxPerSecond)));
        }
        return new LatencyOutcome("", maxPerSecond, loads, lone(sender, timer, process, port));
    }

    private LatencyOutcome.Load load(
            OpenLoop sender, PredictionTimer timer, ReadyProcess process, double share, double perSecond)
            throws InterruptedException {
        int count = (int) Math.ceil(perSecond * phase.toMillis() / 1e3);
        PredictionTimer.Times times =
                timer.record(sender.sent() + (int) (count * UNRECORDED), sender.sent() + count, false);
        sender.send(perSecond, count, setup.stop());
        awaitPredictions(sender, timer, process);
        return new LatencyOutcome.Load(share, perSecond, Quantiles.of(times.readable()));
    }

    /** Sends images one at a time. Their pauses are random, so that they don't fall in step with a timer of the process. */
    private LatencyOutcome.Lone lone(OpenLoop sender, PredictionTimer timer, ReadyProcess process, int port)
            throws InterruptedException {
        QueueWait before = queueWait(port);
        PredictionTimer.Times times = timer.record(sender.sent(), sender.sent() + lone, true);
        for (int i = 0; i < lone && !setup.stopRequested(); i++) {
            sender.send(1, 1, setup.stop());
            awaitPredictions(sender, timer, process);
            Thread.sleep(LONE_PAUSE_MILLIS / 2 + random.nextInt(LONE_PAUSE_MILLIS));
        }
        QueueWait waits = queueWait(port).since(before);
        return new LatencyOutcome.Lone(
                Quantiles.of(times.readable()), Quantiles.of(times.classified()), waits.meanMillis());
    }

    private static QueueWait queueWait(int port) throws InterruptedException {
        return QueueWait.of(port)
                .orElseThrow(() -> new LocalException("the serving process does not answer for its metrics"));
    }

    private void awaitPredictions(OpenLoop sender, PredictionTimer timer, ReadyProcess process)
            throws InterruptedException {
        long deadline = System.nanoTime() + DRAIN_TIMEOUT.toNanos();
        while (timer.received() < sender.sent() && !setup.stopRequested()) {
            if (!process.process().isAlive()) {
                throw new LocalException("stopped: " + process.process().firstError());
            }
            if (System.nanoTime() > deadline) {
                throw new LocalException("images are still missing after " + DRAIN_TIMEOUT.toSeconds() + " s");
            }
            Thread.sleep(CHECK_MILLIS);
        }
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new LocalException("no port is free for the metrics: " + e.getMessage(), e);
        }
    }
}
