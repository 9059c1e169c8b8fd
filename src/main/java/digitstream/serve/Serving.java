package digitstream.serve;

import digitstream.common.Causes;
import digitstream.monitoring.Health;
import digitstream.monitoring.Metrics;
import digitstream.monitoring.MonitoringRoutes;
import digitstream.monitoring.MonitoringServer;
import digitstream.serde.RegistryUnavailableException;
import digitstream.settings.VerdictSettings;
import digitstream.streams.Polling;
import digitstream.streams.RecordGate;
import digitstream.streams.RunningTopology;
import digitstream.streams.TopologyTopics;
import digitstream.verdict.VerdictMetrics;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.ProcessorStateException;
import org.apache.kafka.streams.errors.StreamsException;

/**
 * The parts of a {@code serve} process: topologies, model, metrics and health checks. {@link #close} stops them all, the
 * topologies before the model that they use. Used by one thread.
 */
public final class Serving implements AutoCloseable {
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(30);
    /** A topology that can't go on may not be able to commit either. */
    private static final Duration CLOSE_TIMEOUT_AFTER_FAILURE = Duration.ofSeconds(10);

    private static final Set<Class<? extends Throwable>> TEMPORARY = Set.of(RegistryUnavailableException.class);

    private final Metrics metrics = new Metrics();
    private final Health health = new Health();
    private final List<AutoCloseable> parts = new ArrayList<>();
    private Optional<TopicWatch> watch = Optional.empty();
    private Duration closeTimeout = CLOSE_TIMEOUT;
    private final List<RunningTopology> topologies = new ArrayList<>();

    // While one of these is null, the process is live but not ready.
    private final AtomicReference<Models> models = new AtomicReference<>();
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
            health.add(new Health.Part(
                    "model",
                    () -> true,
                    () -> Optional.ofNullable(models.get())
                            .map(used -> used.isServing().getAsBoolean())
                            .orElse(false),
                    () -> Optional.ofNullable(models.get())
                            .map(used -> used.describe().get())
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

    /**
     * Watches the topics of the topologies that will be started. Call it before {@link #monitor}.
     *
     * @param admin stays open for as long as this process serves; not closed by it
     */
    public void watchTopics(Admin admin) {
        TopicWatch started = new TopicWatch(admin);
        watch = Optional.of(started);
        parts.add(started);
        health.add(new Health.Part("topics", () -> true, () -> started.fault().isEmpty(), () -> started.fault()
                .map(TopicWatch.Fault::sentence)
                .orElse("as needed")));
        started.start();
    }

    MeterRegistry meters() {
        return metrics.registry();
    }

    /** Adds the bounds of the verdict to the metrics, for alerts on this process where no dashboard judges. */
    public void export(VerdictSettings bounds) {
        VerdictMetrics.registerBounds(metrics.registry(), bounds);
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

    /** What the health check asks for, and what is closed after the topologies that use it. */
    private record Models(AutoCloseable owner, BooleanSupplier isServing, Supplier<String> describe) {}

    /** Takes ownership of the models that the classifying topology uses, and closes them after it. */
    void use(AutoCloseable models, BooleanSupplier isServing, Supplier<String> describe) {
        this.models.set(new Models(models, isServing, describe));
    }

    void classify(Topology topology, Properties settings, RecordGate gate, Polling polling)
            throws InterruptedException {
        classifying.set(start("classifying", topology, settings, gate, polling));
    }

    void score(Topology topology, Properties settings, RecordGate gate, Polling polling) throws InterruptedException {
        scoring.set(start("scoring", topology, settings, gate, polling));
    }

    private RunningTopology start(String name, Topology topology, Properties settings, RecordGate gate, Polling polling)
            throws InterruptedException {
        if (watch.isPresent()) {
            watch.get()
                    .add(
                            name,
                            TopologyTopics.of(
                                    topology.describe(),
                                    String.valueOf(settings.get(StreamsConfig.APPLICATION_ID_CONFIG))));
        }
        try {
            RunningTopology started = RunningTopology.start(
                    name, topology, settings, gate, polling, TEMPORARY, Clock.systemUTC(), metrics.registry());
            topologies.add(started);
            return started;
        } catch (StreamsException e) {
            throw new ServeException(
                    "the topology '" + name + "' can't be started: "
                            + Causes.root(e, StreamsException.class).getMessage()
                            + (Causes.first(e, ProcessorStateException.class).isPresent()
                                    ? "; name a writable folder with --property state.dir=DIR"
                                    : "; if another instance on this machine uses the same state.dir, set a different one"
                                            + " with --property state.dir=DIR"),
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
     * @throws ServeException if a topology has stopped, or it has not been live or its topics have been missing for ten seconds.
     *     It can't recover in this process; restart the process
     */
    public void runUntil(StopSignal stop, Runnable ready) throws InterruptedException {
        CompletableFuture<Void> running = CompletableFuture.allOf(
                topologies.stream().map(RunningTopology::running).toArray(CompletableFuture<?>[]::new));
        FailureCheck failures = new FailureCheck(topologies, watch);
        boolean wasReady = false;
        while (!stop.await(FailureCheck.INTERVAL_MILLIS)) {
            if (!wasReady && running.isDone()) {
                wasReady = true;
                ready.run();
            }
            Optional<ServeException> failure = failures.check();
            if (failure.isPresent()) {
                closeTimeout = CLOSE_TIMEOUT_AFTER_FAILURE;
                throw failure.get();
            }
        }
    }

    /** A request to stop, for example by a termination signal. */
    public interface StopSignal {
        /** Waits for the request for at most this long, and returns whether it has arrived. */
        boolean await(long millis) throws InterruptedException;
    }

    /**
     * Closes all parts, in the reverse order of their start.
     *
     * @throws ServeException if a topology has not stopped in time. The model is then not freed, because a thread may still
     *     use its native memory.
     */
    @Override
    public void close() {
        close(closeTimeout);
    }

    /** Closes all parts, and waits for each topology for at most this long. */
    void close(Duration atMost) {
        List<String> unfinished = new ArrayList<>();
        Collections.reverse(topologies);
        for (RunningTopology topology : topologies) {
            if (!topology.stop(atMost)) {
                unfinished.add(topology.name());
            }
        }
        if (unfinished.isEmpty()) {
            Optional.ofNullable(models.get()).map(Models::owner).ifPresent(parts::add);
        }
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
        if (!unfinished.isEmpty()) {
            throw ServeException.leavingThreads("the topology '" + String.join("' and '", unfinished)
                    + "' did not stop within " + atMost.toSeconds()
                    + " s; what it had not committed is processed again at the next start");
        }
        if (failure.getSuppressed().length > 0) {
            throw failure;
        }
    }
}
