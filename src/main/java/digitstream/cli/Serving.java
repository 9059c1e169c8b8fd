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
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.StreamsException;
import org.jspecify.annotations.Nullable;

/** What {@code serve} runs, and what it tells of it: ends together, the topologies before the model that they use. */
final class Serving implements AutoCloseable {
    private static final long LOOK_MILLIS = 200;

    private final Metrics metrics = new Metrics();
    private final Health health = new Health();
    private final List<AutoCloseable> parts = new ArrayList<>();
    private final List<RunningTopology> topologies = new ArrayList<>();
    private Optional<Dashboard> dashboard = Optional.empty();

    /** A part of it that is not there at once; until it is, the process lives and is not ready. */
    private static final class Coming<T> {
        private volatile @Nullable T value;

        private interface Question<T> {
            boolean asks(T value);
        }

        boolean isThereAnd(Question<T> question) {
            T there = value;
            return there != null && question.asks(there);
        }

        boolean isMissingOr(Question<T> question) {
            T there = value;
            return there == null || question.asks(there);
        }
    }

    private final Coming<LoadedModel> model = new Coming<>();
    private final Coming<RunningTopology> classifying = new Coming<>();
    private final Coming<RunningTopology> scoring = new Coming<>();

    Serving(boolean classifies, boolean scores) {
        if (classifies) {
            health.add(new Health.Part("model", () -> true, () -> model.isThereAnd(loaded -> true), () -> {
                LoadedModel loaded = model.value;
                return loaded == null
                        ? "being loaded"
                        : loaded.card().name() + " " + loaded.card().version();
            }));
            add("classifying", classifying);
        }
        if (scores) {
            add("scoring", scoring);
        }
    }

    private void add(String name, Coming<RunningTopology> topology) {
        health.add(new Health.Part(
                name,
                () -> topology.isMissingOr(RunningTopology::isLive),
                () -> topology.isThereAnd(RunningTopology::isRunning),
                () -> {
                    RunningTopology started = topology.value;
                    return started == null ? "not started yet" : started.describe();
                }));
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
        model.value = loaded;
    }

    void classify(Topology topology, Properties settings) {
        classifying.value = start("classifying", topology, settings);
    }

    void score(Topology topology, Properties settings) {
        scoring.value = start("scoring", topology, settings);
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

    /** Starts a dashboard, which tells metrics and health, too. */
    Dashboard watch(Watching watching) {
        Dashboard started = watching.start(metrics, health);
        parts.add(started);
        dashboard = Optional.of(started);
        return started;
    }

    /** Starts the dashboard. */
    interface Watching {
        Dashboard start(Metrics metrics, Health health);
    }

    /** Until somebody ends it. */
    void runUntil(Interrupts interrupts, long startNanos) throws InterruptedException {
        CompletableFuture<Void> running = CompletableFuture.allOf(
                topologies.stream().map(RunningTopology::running).toArray(CompletableFuture<?>[]::new));
        boolean told = false;
        while (!interrupts.await(LOOK_MILLIS)) {
            if (!told && running.isDone()) {
                told = true;
                System.out.printf(
                        Locale.ROOT, "Ready after %.1f s. Ctrl-C ends it.%n", (System.nanoTime() - startNanos) / 1e9);
            }
            dashboard.ifPresent(DashboardOptions::requireAlive);
            topologies.forEach(Serving::requireAlive);
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
        for (AutoCloseable part : parts) {
            try {
                part.close();
            } catch (Exception e) {
                throw new IllegalStateException("a part can't be closed", e);
            }
        }
        metrics.close();
    }
}
