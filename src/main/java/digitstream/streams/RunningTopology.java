package digitstream.streams;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.kafka.KafkaStreamsMetrics;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.KafkaStreams.State;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running topology. A failed stream thread is replaced, because most causes are temporary (an unavailable broker, a
 * transaction timeout). After a failure that no thread heals, three failures in the same place, or more than ten in five minutes,
 * the topology has {@link #failed()}. Thread-safe.
 */
public final class RunningTopology implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RunningTopology.class);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(30);

    private final String name;
    private final KafkaStreams streams;
    private final RecordGate gate;
    private final int threads;
    private final KafkaStreamsMetrics metrics;
    private final MeterRegistry meters;
    private final List<Meter> gauges = new ArrayList<>();
    private final ThreadFailures failures;
    private final FailureHistory history;
    private final CompletableFuture<Void> running = new CompletableFuture<>();
    private final CompletableFuture<Optional<Throwable>> ended = new CompletableFuture<>();
    private volatile Optional<Throwable> failure = Optional.empty();

    private RunningTopology(
            String name,
            KafkaStreams streams,
            RecordGate gate,
            int threads,
            ThreadFailures failures,
            Clock clock,
            MeterRegistry meters) {
        this.name = name;
        this.streams = streams;
        this.gate = gate;
        this.threads = threads;
        this.failures = failures;
        this.history = new FailureHistory(clock);
        this.meters = meters;
        this.metrics = new KafkaStreamsMetrics(streams, Tags.of("topology", name));
    }

    /**
     * Starts a topology.
     *
     * @param name the name for log messages and metric tags
     * @param gate holds back records whose schema cannot be fetched; closed with the topology
     * @param polling how its stream threads poll
     * @param temporary exceptions of the topology's own code that a later try does not meet again
     * @param meters receives the metrics of Kafka Streams and its clients, and whether the topology runs
     */
    public static RunningTopology start(
            String name,
            Topology topology,
            Properties settings,
            RecordGate gate,
            Polling polling,
            Collection<Class<? extends Throwable>> temporary,
            Clock clock,
            MeterRegistry meters) {
        ThreadFailures failures = new ThreadFailures(
                TopologyTopics.of(
                        topology.describe(), String.valueOf(settings.get(StreamsConfig.APPLICATION_ID_CONFIG))),
                temporary);
        KafkaStreams streams = new KafkaStreams(topology, settings, new GatedClients(gate, polling, clock));
        int threads = new StreamsConfig(settings).getInt(StreamsConfig.NUM_STREAM_THREADS_CONFIG);
        RunningTopology started = new RunningTopology(name, streams, gate, threads, failures, clock, meters);
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

    /** The failure that no new thread heals, as soon as it shuts the topology down; {@link #failed()} explains it. */
    public Optional<Throwable> fatalFailure() {
        return failure;
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
        return failed().isEmpty()
                && streams.state() == State.RUNNING
                && streams.metadataForLocalThreads().stream()
                                .filter(thread -> thread.threadState().equals("RUNNING"))
                                .count()
                        >= threads;
    }

    /**
     * Whether the topology runs, or is about to run, with all of its stream threads; replaced threads count. False once it
     * has {@link #failed()}, and as soon as a failure begins to shut it down, because a hung thread can delay the shutdown
     * forever. True while it is being closed.
     */
    public boolean isLive() {
        return failed().isEmpty()
                && switch (streams.state()) {
                    case RUNNING, REBALANCING -> liveThreads() >= threads;
                    case CREATED, PENDING_SHUTDOWN -> true;
                    case PENDING_ERROR, ERROR, NOT_RUNNING -> false;
                };
    }

    /** Why the topology can't go on, in one sentence with the remedy if it is known; empty if it can. */
    public Optional<String> failed() {
        return history.verdict();
    }

    /**
     * A short description for people: Kafka Streams' state, the number of live threads, and why a thread failed in the last
     * five minutes, or why the topology has {@link #failed()}.
     */
    public String describe() {
        String state = streams.state() + ", " + liveThreads() + " of " + threads + " stream threads";
        return failed().or(history::last).map(cause -> state + "; " + cause).orElse(state);
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
        ThreadFailure meaning = failures.of(cause);
        history.add(meaning);
        // A thread that fails in one place is still replaced, for the sake of the other partitions, until the process
        // ends.
        if (meaning instanceof ThreadFailure.Permanent) {
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

    /**
     * Commits and stops the topology. A thread that hangs, for example in a send to a topic that is gone, goes on after this
     * method has returned false, and may use everything that the topology was given.
     *
     * @return whether every thread has stopped within this time
     */
    public boolean stop(Duration atMost) {
        metrics.close();
        gauges.forEach(meters::remove);
        boolean stopped = streams.close(atMost);
        gate.close();
        return stopped;
    }

    /** Commits and stops the topology; waits at most 30 seconds. */
    @Override
    public void close() {
        if (!stop(CLOSE_TIMEOUT)) {
            LOG.error("Topology '{}' did not stop within {} s", name, CLOSE_TIMEOUT.toSeconds());
        }
    }
}
