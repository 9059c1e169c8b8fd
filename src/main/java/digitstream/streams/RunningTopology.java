package digitstream.streams;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.kafka.KafkaStreamsMetrics;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.KafkaStreams.State;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.MissingSourceTopicException;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running topology. A failed stream thread is replaced, because most causes are temporary (an unavailable broker, a
 * transaction timeout). After more than ten failures in five minutes, or a failure that cannot heal, the topology shuts
 * down and reports the cause. Thread-safe.
 */
public final class RunningTopology implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RunningTopology.class);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(30);
    private static final int MAX_THREAD_FAILURES = 10;
    private static final Duration FAILURE_WINDOW = Duration.ofMinutes(5);

    private final String name;
    private final KafkaStreams streams;
    private final RecordGate gate;
    private final int threads;
    private final KafkaStreamsMetrics metrics;
    private final MeterRegistry meters;
    private final List<Meter> gauges = new ArrayList<>();
    private final Clock clock;
    private final Deque<Long> failureTimesMillis = new ArrayDeque<>();
    private final CompletableFuture<Void> running = new CompletableFuture<>();
    private final CompletableFuture<Optional<Throwable>> ended = new CompletableFuture<>();
    private volatile Optional<Throwable> failure = Optional.empty();

    private RunningTopology(
            String name, KafkaStreams streams, RecordGate gate, int threads, Clock clock, MeterRegistry meters) {
        this.name = name;
        this.streams = streams;
        this.gate = gate;
        this.threads = threads;
        this.clock = clock;
        this.meters = meters;
        this.metrics = new KafkaStreamsMetrics(streams, Tags.of("topology", name));
    }

    /**
     * Starts a topology.
     *
     * @param name the name for log messages and metric tags
     * @param gate holds back records whose schema cannot be fetched; closed with the topology
     * @param meters receives the metrics of Kafka Streams and its clients, and whether the topology runs
     */
    public static RunningTopology start(
            String name, Topology topology, Properties settings, RecordGate gate, Clock clock, MeterRegistry meters) {
        KafkaStreams streams = new KafkaStreams(topology, settings, new GatedClients(gate, clock));
        int threads = new StreamsConfig(settings).getInt(StreamsConfig.NUM_STREAM_THREADS_CONFIG);
        RunningTopology started = new RunningTopology(name, streams, gate, threads, clock, meters);
        started.registerMetrics();
        streams.setUncaughtExceptionHandler(started::onThreadFailure);
        streams.setStateListener((now, before) -> started.onStateChange(now));
        streams.start();
        return started;
    }

    /** Completes when partitions are first assigned and their state is restored. */
    public CompletableFuture<Void> running() {
        return running;
    }

    /** Completes when the topology has stopped: with the failure that stopped it, or empty if it was closed. */
    public CompletableFuture<Optional<Throwable>> ended() {
        return ended;
    }

    /** The name for log messages and metric tags. */
    public String name() {
        return name;
    }

    /**
     * Whether partitions are assigned, all state is restored and every stream thread runs at this moment. False during
     * startup, shutdown and a rebalance that stops processing, and from a thread's failure until its replacement runs.
     */
    public boolean isRunning() {
        // Kafka Streams still reports RUNNING when a thread has died and while its replacement has no partitions.
        return streams.state() == State.RUNNING
                && streams.metadataForLocalThreads().stream()
                                .filter(thread -> thread.threadState().equals("RUNNING"))
                                .count()
                        >= threads;
    }

    /**
     * Whether the topology runs, or is about to run, with all of its stream threads; replaced threads count. False as soon as
     * a failure begins to shut it down, because a hung thread can delay the shutdown forever. True while it is being
     * closed.
     */
    public boolean isLive() {
        return switch (streams.state()) {
            case RUNNING, REBALANCING -> liveThreads() >= threads;
            case CREATED, PENDING_SHUTDOWN -> true;
            case PENDING_ERROR, ERROR, NOT_RUNNING -> false;
        };
    }

    /** A short description for people: Kafka Streams' state and the number of live threads. */
    public String describe() {
        return streams.state() + ", " + liveThreads() + " of " + threads + " stream threads";
    }

    /** Which records wait for what, in one line, or empty if none does. */
    public Optional<String> waiting() {
        return gate.unavailable();
    }

    private int liveThreads() {
        // Never includes dead threads, whatever the state of the topology.
        return streams.metadataForLocalThreads().size();
    }

    private void registerMetrics() {
        metrics.bindTo(meters);
        gauges.add(Gauge.builder("digits.topology.running", this, topology -> topology.isRunning() ? 1 : 0)
                .description(
                        "1 while partitions are assigned, state is restored and all stream threads run, otherwise 0.")
                .tags("topology", name)
                .register(meters));
        gauges.add(Gauge.builder("digits.partitions.waiting", gate, RecordGate::waitingPartitions)
                .description(
                        "Partitions whose next record waits for its schema, because the registry is away or does not"
                                + " know it yet.")
                .tags("topology", name)
                .register(meters));
        gauges.add(Gauge.builder("digits.stream.threads", this, RunningTopology::liveThreads)
                .description("Stream threads that are alive.")
                .tags("topology", name)
                .register(meters));
    }

    private void onStateChange(State now) {
        LOG.info("Topology '{}' is {}", name, now);
        if (now == State.RUNNING) {
            running.complete(null);
        } else if (now == State.NOT_RUNNING || now == State.ERROR) {
            ended.complete(failure);
        }
    }

    private synchronized StreamThreadExceptionResponse onThreadFailure(Throwable cause) {
        long now = clock.millis();
        failureTimesMillis.addLast(now);
        while (failureTimesMillis.getFirst() < now - FAILURE_WINDOW.toMillis()) {
            failureTimesMillis.removeFirst();
        }
        boolean permanent = cause instanceof MissingSourceTopicException
                || cause.getCause() instanceof MissingSourceTopicException
                || cause instanceof Error;
        if (permanent || failureTimesMillis.size() > MAX_THREAD_FAILURES) {
            LOG.error("A stream thread of topology '{}' failed; shutting the topology down", name, cause);
            failure = Optional.of(cause);
            return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
        }
        LOG.warn(
                "A stream thread of topology '{}' failed; replacing it. Its uncommitted records are processed again",
                name,
                cause);
        return StreamThreadExceptionResponse.REPLACE_THREAD;
    }

    /** Commits and stops the topology; waits at most 30 seconds. */
    @Override
    public void close() {
        metrics.close();
        gauges.forEach(meters::remove);
        if (!streams.close(CLOSE_TIMEOUT)) {
            LOG.error("Topology '{}' did not stop within {} s", name, CLOSE_TIMEOUT.toSeconds());
        }
        gate.close();
    }
}
