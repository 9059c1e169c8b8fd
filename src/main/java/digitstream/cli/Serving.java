package digitstream.cli;

import digitstream.dashboard.Dashboard;
import digitstream.model.LoadedModel;
import digitstream.monitoring.Health;
import digitstream.monitoring.Metrics;
import digitstream.monitoring.MonitoringRoutes;
import digitstream.monitoring.MonitoringServer;
import digitstream.topology.RunningTopology;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.StreamsException;

/** What {@code serve} runs, and what it tells of it: ends together, the topologies before the model that they use. */
final class Serving implements AutoCloseable {
    private static final long LOOK_MILLIS = 200;
    /** Ten seconds: longer than it takes to replace a thread, or to end because of a failure that is then told. */
    private static final int MOST_LOOKS_WITHOUT_LIFE = 50;

    private final Metrics metrics = new Metrics();
    private final Health health = new Health();
    private final List<AutoCloseable> parts = new ArrayList<>();
    private final List<RunningTopology> topologies = new ArrayList<>();

    // Until one of these is there, the process lives and is not ready.
    private final AtomicReference<LoadedModel> model = new AtomicReference<>();
    private final AtomicReference<RunningTopology> classifying = new AtomicReference<>();
    private final AtomicReference<RunningTopology> scoring = new AtomicReference<>();

    Serving(boolean classifies, boolean scores) {
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

    /** Serves metrics and health; returns where. */
    String monitor(ListenAddress address) {
        MonitoringServer server =
                new MonitoringServer(address.host(), address.port(), new MonitoringRoutes(metrics, health));
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
            throw new UserException(
                    "the topology of " + name + " can't be started: " + e.getMessage()
                            + "; another one on this machine with the same state.dir?  Give this one its own with"
                            + " --property state.dir=DIR",
                    e);
        }
    }

    /** Starts a dashboard, which tells metrics and health, too. Should it fail, the topologies go on, and health tells of it. */
    Dashboard watch(Watching watching) {
        Dashboard started = watching.start(metrics, health);
        parts.add(started);
        return started;
    }

    /** Starts the dashboard. */
    interface Watching {
        Dashboard start(Metrics metrics, Health health);
    }

    /**
     * Until somebody ends it.
     *
     * @throws UserException when a topology has ended, or has for ten seconds not been live: nothing here brings it back, and
     *     a new process can
     */
    void runUntil(Interrupts interrupts, long startNanos) throws InterruptedException {
        CompletableFuture<Void> running = CompletableFuture.allOf(
                topologies.stream().map(RunningTopology::running).toArray(CompletableFuture<?>[]::new));
        boolean told = false;
        int looksWithoutLife = 0;
        while (!interrupts.await(LOOK_MILLIS)) {
            if (!told && running.isDone()) {
                told = true;
                System.out.printf(
                        Locale.ROOT, "Ready after %.1f s. Ctrl-C ends it.%n", (System.nanoTime() - startNanos) / 1e9);
            }
            topologies.forEach(Serving::requireAlive);
            Optional<RunningTopology> lifeless =
                    topologies.stream().filter(topology -> !topology.isLive()).findFirst();
            // Looks, not time: a process that was held up for a while has not been lifeless for as long.
            looksWithoutLife = lifeless.isPresent() ? looksWithoutLife + 1 : 0;
            if (lifeless.isPresent() && looksWithoutLife > MOST_LOOKS_WITHOUT_LIFE) {
                throw new UserException("the topology of " + lifeless.get().name() + " works no more ("
                        + lifeless.get().describe() + "); the log above says more");
            }
        }
    }

    private static void requireAlive(RunningTopology topology) {
        if (topology.ended().isDone()) {
            Throwable cause = topology.ended().join().orElse(null);
            throw new UserException(
                    "a topology has ended: " + (cause == null ? "it was shut down" : rootOf(cause))
                            + "; the log above says more",
                    cause == null ? new IllegalStateException("shut down") : cause);
        }
    }

    private static Throwable rootOf(Throwable error) {
        Throwable root = error;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root;
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
