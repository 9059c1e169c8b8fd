package digitstream.topology;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.KafkaStreams.State;
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
    private final Clock clock;
    private final Deque<Long> deathsMillis = new ArrayDeque<>();
    private final CompletableFuture<Void> running = new CompletableFuture<>();
    private final CompletableFuture<Optional<Throwable>> ended = new CompletableFuture<>();
    private volatile Optional<Throwable> failure = Optional.empty();

    private RunningTopology(String name, KafkaStreams streams, Clock clock) {
        this.name = name;
        this.streams = streams;
        this.clock = clock;
    }

    /**
     * Starts a topology.
     *
     * @param name what people call it
     */
    public static RunningTopology start(String name, Topology topology, Properties settings, Clock clock) {
        KafkaStreams streams = new KafkaStreams(topology, settings);
        RunningTopology started = new RunningTopology(name, streams, clock);
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
        if (!streams.close(CLOSE_TIMEOUT)) {
            LOG.error("{} did not end within {} s", name, CLOSE_TIMEOUT.toSeconds());
        }
    }
}
