package digitstream.serve;

import digitstream.common.Causes;
import digitstream.model.LoadedModel;
import digitstream.monitoring.Health;
import digitstream.monitoring.Metrics;
import digitstream.monitoring.MonitoringRoutes;
import digitstream.monitoring.MonitoringServer;
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

/** What {@code serve} runs, and what it tells of it: ends together, the topologies before the model that they use. */
public final class Serving implements AutoCloseable {
    private static final long CHECK_INTERVAL_MILLIS = 200;
    /** Ten seconds: longer than it takes to replace a thread, or to end because of a failure that is then told. */
    private static final int MAX_CHECKS_WITHOUT_LIFE = 50;

    private final Metrics metrics = new Metrics();
    private final Health health = new Health();
    private final List<AutoCloseable> parts = new ArrayList<>();
    private final List<RunningTopology> topologies = new ArrayList<>();

    // Until one of these is there, the process lives and is not ready.
    private final AtomicReference<LoadedModel> model = new AtomicReference<>();
    private final AtomicReference<RunningTopology> classifying = new AtomicReference<>();
    private final AtomicReference<RunningTopology> scoring = new AtomicReference<>();

    /**
     * Prepares health checks for what is going to be started: until then, the process is live and not ready.
     *
     * @param classifies whether a model and the classifying topology are going to be started
     * @param scores whether the scoring topology is going to be started
     */
    public Serving(boolean classifies, boolean scores) {
        if (classifies) {
            health.add(new Health.Part("model", () -> true, () -> model.get() != null, () -> Optional.ofNullable(
                            model.get())
                    .map(loaded -> loaded.card().name() + " " + loaded.card().version())
                    .orElse("being loaded")));
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
                        .map(RunningTopology::isRunning)
                        .orElse(false),
                () -> Optional.ofNullable(topology.get())
                        .map(RunningTopology::describe)
                        .orElse("not started yet")));
    }

    MeterRegistry meters() {
        return metrics.registry();
    }

    /**
     * Serves metrics and health.
     *
     * @param port 0 for any free one
     * @return the URL of the metrics
     */
    public String monitor(String host, int port) {
        MonitoringServer server = new MonitoringServer(host, port, new MonitoringRoutes(metrics, health));
        parts.add(server);
        return server.url();
    }

    /** Takes a model, to be closed after all that uses it. */
    void use(LoadedModel loaded) {
        parts.add(loaded);
        model.set(loaded);
    }

    void classify(Topology topology, Properties settings) {
        classifying.set(start("classifying", topology, settings));
    }

    void score(Topology topology, Properties settings) {
        scoring.set(start("scoring", topology, settings));
    }

    private RunningTopology start(String name, Topology topology, Properties settings) {
        try {
            RunningTopology started =
                    RunningTopology.start(name, topology, settings, Clock.systemUTC(), metrics.registry());
            parts.add(started);
            topologies.add(started);
            return started;
        } catch (StreamsException e) {
            throw new ServeException(
                    "the topology '" + name + "' can't be started: " + e.getMessage()
                            + "; another one on this machine with the same state.dir?  Give this one its own with"
                            + " --property state.dir=DIR",
                    e);
        }
    }

    /** Starts a part that serves this process's metrics and health too, and is closed with it. */
    public <T extends AutoCloseable> T attach(BiFunction<Metrics, Health, T> start) {
        T started = start.apply(metrics, health);
        parts.add(started);
        return started;
    }

    /**
     * Watches the topologies until the process is asked to stop.
     *
     * @param stop waits a number of milliseconds for the request to stop, and returns whether it has come
     * @param ready called once, when every topology has its partitions and its state for the first time
     * @throws ServeException when a topology has stopped, or has not been live for ten seconds: nothing in this process
     *     brings it back, and a new process can
     */
    public void runUntil(StopSignal stop, Runnable ready) throws InterruptedException {
        CompletableFuture<Void> running = CompletableFuture.allOf(
                topologies.stream().map(RunningTopology::running).toArray(CompletableFuture<?>[]::new));
        boolean wasReady = false;
        int checksWithoutLife = 0;
        while (!stop.await(CHECK_INTERVAL_MILLIS)) {
            if (!wasReady && running.isDone()) {
                wasReady = true;
                ready.run();
            }
            topologies.forEach(Serving::requireNotStopped);
            Optional<RunningTopology> lifeless =
                    topologies.stream().filter(topology -> !topology.isLive()).findFirst();
            // Checks, not time: a process that was suspended for a while has not been lifeless for as long.
            checksWithoutLife = lifeless.isPresent() ? checksWithoutLife + 1 : 0;
            if (lifeless.isPresent() && checksWithoutLife > MAX_CHECKS_WITHOUT_LIFE) {
                throw new ServeException("the topology '" + lifeless.get().name() + "' has failed ("
                        + lifeless.get().describe() + "); the log above has the cause");
            }
        }
    }

    /** A request to stop, for example by a termination signal. */
    public interface StopSignal {
        /** Waits until the request comes or the time is over, and returns whether it has come. */
        boolean await(long millis) throws InterruptedException;
    }

    private static void requireNotStopped(RunningTopology topology) {
        if (topology.ended().isDone()) {
            Throwable cause = topology.ended().join().orElse(null);
            throw new ServeException(
                    "the topology '" + topology.name() + "' has stopped: "
                            + (cause == null ? "it was shut down" : Causes.root(cause))
                            + "; the log above has the cause",
                    cause == null ? new IllegalStateException("shut down") : cause);
        }
    }

    /** In the opposite order of their start. */
    @Override
    public void close() {
        Collections.reverse(parts);
        IllegalStateException failure = new IllegalStateException("not all parts could be closed");
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
