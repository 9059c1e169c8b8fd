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
 * A topology at work. A stream thread that dies is replaced, because most of what kills one passes (a broker that is away, a
 * transaction that took too long); when too many die too soon, the topology is shut down and says why. Safe for use by
 * several threads.
 */
public final class RunningTopology implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RunningTopology.class);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(30);
    private static final int MOST_DEATHS = 10;
    private static final Duration WITHIN = Duration.ofMinutes(5);

    private final String name;
    private final KafkaStreams streams;
    private final int threads;
    private final KafkaStreamsMetrics metrics;
    private final MeterRegistry meters;
    private final List<Meter> gauges = new ArrayList<>();
    private final Clock clock;
    private final Deque<Long> deathsMillis = new ArrayDeque<>();
    private final CompletableFuture<Void> running = new CompletableFuture<>();
    private final CompletableFuture<Optional<Throwable>> ended = new CompletableFuture<>();
    private volatile Optional<Throwable> failure = Optional.empty();

    private RunningTopology(String name, KafkaStreams streams, int threads, Clock clock, MeterRegistry meters) {
        this.name = name;
        this.streams = streams;
        this.threads = threads;
        this.clock = clock;
        this.meters = meters;
        this.metrics = new KafkaStreamsMetrics(streams, Tags.of("topology", name));
    }

    /**
     * Starts a topology.
     *
     * @param name what people call it
     * @param meters get Kafka Streams' and its clients' metrics, and whether it runs
     */
    public static RunningTopology start(
            String name, Topology topology, Properties settings, Clock clock, MeterRegistry meters) {
        KafkaStreams streams = new KafkaStreams(topology, settings);
        int threads = new StreamsConfig(settings).getInt(StreamsConfig.NUM_STREAM_THREADS_CONFIG);
        RunningTopology started = new RunningTopology(name, streams, threads, clock, meters);
        started.measure();
        streams.setUncaughtExceptionHandler(started::answer);
        streams.setStateListener((now, before) -> started.changed(now));
        streams.start();
        return started;
    }

    /** Completes when partitions are assigned and state is restored for the first time. */
    public CompletableFuture<Void> running() {
        return running;
    }

    /** Completes when the topology has ended: with what killed it, or empty where it was closed. */
    public CompletableFuture<Optional<Throwable>> ended() {
        return ended;
    }

    /** What people call it. */
    public String name() {
        return name;
    }

    /**
     * Whether partitions are assigned, all state is restored and every stream thread works, now: not while it starts, nor
     * during a rebalance that stops it, nor from a thread's death until its replacement works, nor at its end.
     */
    public boolean isRunning() {
        // Kafka Streams goes on saying RUNNING when a thread has died and when its replacement has no partitions yet.
        return streams.state() == State.RUNNING
                && streams.metadataForLocalThreads().stream()
                                .filter(thread -> thread.threadState().equals("RUNNING"))
                                .count()
                        >= threads;
    }

    /**
     * Whether it still works or comes to work, with all of its stream threads: one that died and was replaced is no loss.
     * Not from the failure on that shuts it down, which a thread that hangs can delay for ever. While it is being closed it
     * lives.
     */
    public boolean isLive() {
        return switch (streams.state()) {
            case RUNNING, REBALANCING -> livingThreads() >= threads;
            case CREATED, PENDING_SHUTDOWN -> true;
            case PENDING_ERROR, ERROR, NOT_RUNNING -> false;
        };
    }

    /** In a few words, for people: Kafka Streams' state, and how many threads live. */
    public String describe() {
        return streams.state() + ", " + livingThreads() + " of " + threads + " stream threads";
    }

    private int livingThreads() {
        // The dead are not among them, whatever the topology's state.
        return streams.metadataForLocalThreads().size();
    }

    private void measure() {
        metrics.bindTo(meters);
        gauges.add(Gauge.builder("digits.topology.running", this, topology -> topology.isRunning() ? 1 : 0)
                .description("1 while partitions are assigned, state is restored and all stream threads work, else 0.")
                .tags("topology", name)
                .register(meters));
        gauges.add(Gauge.builder("digits.stream.threads", this, RunningTopology::livingThreads)
                .description("Stream threads that live.")
                .tags("topology", name)
                .register(meters));
    }

    private void changed(State now) {
        LOG.info("{} is {}", name, now);
        if (now == State.RUNNING) {
            running.complete(null);
        } else if (now == State.NOT_RUNNING || now == State.ERROR) {
            ended.complete(failure);
        }
    }

    private synchronized StreamThreadExceptionResponse answer(Throwable death) {
        long now = clock.millis();
        deathsMillis.addLast(now);
        while (deathsMillis.getFirst() < now - WITHIN.toMillis()) {
            deathsMillis.removeFirst();
        }
        boolean hopeless = death instanceof MissingSourceTopicException
                || death.getCause() instanceof MissingSourceTopicException
                || death instanceof Error;
        if (hopeless || deathsMillis.size() > MOST_DEATHS) {
            LOG.error("A thread of {} has died; the topology is shut down", name, death);
            failure = Optional.of(death);
            return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
        }
        LOG.warn("A thread of {} has died and is replaced; nothing of its open transaction counts", name, death);
        return StreamThreadExceptionResponse.REPLACE_THREAD;
    }

    /** Commits what is done, and ends; waits for half a minute at most. */
    @Override
    public void close() {
        metrics.close();
        gauges.forEach(meters::remove);
        if (!streams.close(CLOSE_TIMEOUT)) {
            LOG.error("{} did not end within {} s", name, CLOSE_TIMEOUT.toSeconds());
        }
    }
}
