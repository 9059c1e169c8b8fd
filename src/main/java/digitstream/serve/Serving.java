package digitstream.serve;

import digitstream.common.Causes;
import digitstream.model.LoadedModel;
import digitstream.monitoring.Health;
import digitstream.monitoring.Metrics;
import digitstream.monitoring.MonitoringRoutes;
import digitstream.monitoring.MonitoringServer;
import digitstream.streams.RecordGate;
import digitstream.streams.RunningTopology;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.StreamsException;

/**
 * The parts of a {@code serve} process: topologies, model, metrics and health checks. {@link #close} stops them all, the
 * topologies before the model that they use. Used by one thread.
 */
public final class Serving implements AutoCloseable {
    private static final long CHECK_INTERVAL_MILLIS = 200;
    /** Ten seconds, longer than it takes to replace a thread, or to shut down after a failure and report it. */
    private static final int MAX_CHECKS_NOT_LIVE = 50;

    private final Metrics metrics = new Metrics();
    private final Health health = new Health();
    private final List<AutoCloseable> parts = new ArrayList<>();
    private final List<RunningTopology> topologies = new ArrayList<>();

    // While one of these is null, the process is live but not ready.
    private final AtomicReference<LoadedModel> model = new AtomicReference<>();
    private final AtomicReference<RunningTopology> classifying = new AtomicReference<>();
    private final AtomicReference<RunningTopology> scoring = new AtomicReference<>();

    /**
     * Registers health checks for the parts that will be started. Until they run, the process is live but not ready.
     *
     * @param classifies whether a model and the classifying topology will be started
     * @param scores whether the scoring topology will be started
     */
    public Serving(boolean classifies, boolean scores) {
        if (classifies) {
            health.add(new Health.Part("model", () -> true, () -> model.get() != null, () -> Optional.ofNullable(
                            model.get())
                    .map(loaded -> loaded.card().name() + " " + loaded.card().version())
                    .orElse("loading")));
            add("classifying", classifying);
        }
        if (scores) {
            add("scoring", scoring);
        }
    }

    private void add(String name, AtomicReference<RunningTopology> topology) {
        health.add(new Health.Part(
                name,
                () -> Optional.ofNullable(topology.get())
                        .map(RunningTopology::isLive)
                        .orElse(true),
                () -> Optional.ofNullable(topology.get())
                        .map(running -> running.isRunning() && running.waiting().isEmpty())
                        .orElse(false),
                () -> Optional.ofNullable(topology.get())
                        .map(running -> running.waiting().orElseGet(running::describe))
                        .orElse("not started yet")));
    }

    MeterRegistry meters() {
        return metrics.registry();
    }

    /**
     * Serves metrics and health.
     *
     * @param port 0 for a free port
     * @return the URL of the metrics
     */
    public String monitor(String host, int port) {
        MonitoringServer server = new MonitoringServer(host, port, new MonitoringRoutes(metrics, health));
        parts.add(server);
        return server.url();
    }

    /** Takes ownership of a model, and closes it after the topologies that use it. */
    void use(LoadedModel loaded) {
        parts.add(loaded);
        model.set(loaded);
    }

    void classify(Topology topology, Properties settings, RecordGate gate) {
        classifying.set(start("classifying", topology, settings, gate));
    }

    void score(Topology topology, Properties settings, RecordGate gate) {
        scoring.set(start("scoring", topology, settings, gate));
    }

    private RunningTopology start(String name, Topology topology, Properties settings, RecordGate gate) {
        try {
            RunningTopology started =
                    RunningTopology.start(name, topology, settings, gate, Clock.systemUTC(), metrics.registry());
            parts.add(started);
            topologies.add(started);
            return started;
        } catch (StreamsException e) {
            throw new ServeException(
                    "the topology '" + name + "' can't be started: " + e.getMessage()
                            + "; if another instance on this machine uses the same state.dir, set a different one with"
                            + " --property state.dir=DIR",
                    e);
        }
    }

    /** Starts a part that also serves this process's metrics and health checks, and closes it with the others. */
    public <T extends AutoCloseable> T attach(BiFunction<Metrics, Health, T> start) {
        T started = start.apply(metrics, health);
        parts.add(started);
        return started;
    }

    /**
     * Watches the topologies until the process is asked to stop.
     *
     * @param stop waits a number of milliseconds for the request to stop, and returns whether it has arrived
     * @param ready called once, when every topology has been assigned its partitions and has restored its state
     * @throws ServeException if a topology has stopped, or has not been live for ten seconds. It can't recover in this process;
     *     restart the process
     */
    public void runUntil(StopSignal stop, Runnable ready) throws InterruptedException {
        CompletableFuture<Void> running = CompletableFuture.allOf(
                topologies.stream().map(RunningTopology::running).toArray(CompletableFuture<?>[]::new));
        boolean wasReady = false;
        int checksNotLive = 0;
        while (!stop.await(CHECK_INTERVAL_MILLIS)) {
            if (!wasReady && running.isDone()) {
                wasReady = true;
                ready.run();
            }
            topologies.forEach(Serving::requireNotStopped);
            Optional<RunningTopology> notLive =
                    topologies.stream().filter(topology -> !topology.isLive()).findFirst();
            // Checks, not time: a process that was suspended for ten seconds has not been without a live topology for
            // that long.
            checksNotLive = notLive.isPresent() ? checksNotLive + 1 : 0;
            if (notLive.isPresent() && checksNotLive > MAX_CHECKS_NOT_LIVE) {
                throw new ServeException("the topology '" + notLive.get().name() + "' has failed ("
                        + notLive.get().describe() + "); see the log above for the cause");
            }
        }
    }

    /** A request to stop, for example by a termination signal. */
    public interface StopSignal {
        /** Waits for the request for at most this long, and returns whether it has arrived. */
        boolean await(long millis) throws InterruptedException;
    }

    private static void requireNotStopped(RunningTopology topology) {
        if (topology.ended().isDone()) {
            Throwable cause = topology.ended().join().orElse(null);
            throw new ServeException(
                    "the topology '" + topology.name() + "' has stopped: "
                            + (cause == null ? "it was shut down" : Causes.root(cause))
                            + "; see the log above for the cause",
                    cause == null ? new IllegalStateException("shut down") : cause);
        }
    }

    /** Closes all parts, in the reverse order of their start. */
    @Override
    public void close() {
        Collections.reverse(parts);
        IllegalStateException failure = new IllegalStateException("some parts could not be closed");
        for (AutoCloseable part : parts) {
            try {
                part.close();
            } catch (Exception e) {
                failure.addSuppressed(e);
            }
        }
        metrics.close();
        if (failure.getSuppressed().length > 0) {
            throw failure;
        }
    }
}
