package digitstream.dashboard;

import digitstream.avro.Prediction;
import digitstream.client.CommittedReader;
import digitstream.client.CommittedReader.Start;
import digitstream.client.ConsumerLag;
import digitstream.settings.Topics;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.ObjLongConsumer;

/** Keeps a {@link DashboardState} current: reads the topics and asks for the lag, each on a thread of its own. */
final class StreamWatch implements AutoCloseable {
    /** Enough to include the latest record of some model versions even if nothing has been published for a long time. */
    private static final long MIN_FIGURES = 200;

    /** How long a dead letter counts. */
    private static final Duration DEAD_LETTERS = Duration.ofMinutes(1);

    /** After this time, brokers do not respond. */
    private static final Duration BROKER_TIMEOUT = Duration.ofSeconds(3);

    private static final long CLOSE_TIMEOUT_MILLIS = 10_000;

    private final LagWatch lagWatch;
    private final TopicWatch topicWatch;
    private final DashboardState state;
    private final CommittedReader reader;
    private final Consumer<Throwable> failed;
    /** Closes the started parts; the last one is closed first. */
    private final Deque<Runnable> closing = new ArrayDeque<>();

    private boolean started;
    private long tickedNanos = System.nanoTime();

    /**
     * Options of a watch.
     *
     * @param history how far back published figures are read
     * @param recent how many predictions and labels are read from the end of each partition
     * @param readOnly whether drawing and labelling are refused
     */
    record Options(Duration history, long recent, boolean readOnly) {}

    private StreamWatch(
            LagWatch lagWatch,
            TopicWatch topicWatch,
            DashboardState state,
            CommittedReader reader,
            Consumer<Throwable> failed) {
        this.lagWatch = lagWatch;
        this.topicWatch = topicWatch;
        this.state = state;
        this.reader = reader;
        this.failed = failed;
    }

    /**
     * Opens a watch.
     *
     * @param sample which predictions and labels are looked at
     * @param live receives each live prediction in the sample with the time at which it was read
     * @param failed receives the cause when a part fails
     * @param hasFailed whether a part of the program has failed
     * @throws org.apache.kafka.common.KafkaException if the brokers do not respond
     */
    static StreamWatch open(
            StreamSource source,
            Options options,
            Sample sample,
            ObjLongConsumer<Prediction> live,
            Consumer<Throwable> failed,
            BooleanSupplier hasFailed,
            Clock clock) {
        Topics topics = source.topics();
        LagWatch lagWatch = new LagWatch(
                new ConsumerLag(source.admin(), source.classifyingGroup(), Set.of(topics.images()), BROKER_TIMEOUT),
                new ConsumerLag(
                        source.admin(),
                        source.scoringGroup(),
                        Set.of(topics.predictions(), topics.labels()),
                        BROKER_TIMEOUT),
                clock);
        DashboardState state = new DashboardState(
                clock,
                lagWatch,
                sample,
                options.history(),
                source.bounds(),
                source.drawnDigits(),
                StreamNames.of(source),
                options.readOnly(),
                hasFailed);
        CommittedReader reader = new CommittedReader(
                source.clients(), beginnings(topics, Instant.now(clock), options.history(), options.recent()));
        TopicWatch topicWatch = new TopicWatch(
                reader,
                topics,
                source.schemas(),
                source.times(),
                source.drawnDigits(),
                clock,
                sample,
                state.listener(live));
        return new StreamWatch(lagWatch, topicWatch, state, reader, failed);
    }

    private static Map<String, Start> beginnings(Topics topics, Instant now, Duration history, long recent) {
        return Map.of(
                topics.models(), new Start.Beginning(),
                topics.instances(), new Start.Since(now.minus(history), 0),
                topics.accuracy(), new Start.Since(now.minus(history), MIN_FIGURES),
                topics.predictions(), new Start.Since(now, recent),
                topics.labels(), new Start.Since(now, recent),
                topics.deadLetters(), new Start.Since(now.minus(DEAD_LETTERS), 0));
    }

    DashboardState state() {
        return state;
    }

    /** Starts to read. */
    void start() {
        started = true;
        tickedNanos = System.nanoTime();
        closing.push(run("dashboard-topics", topicWatch, topicWatch::stop));
        closing.push(run("dashboard-lag", lagWatch, lagWatch::stop));
    }

    /** Ends a second of the state. Call it about once a second, from one thread. */
    void tick() {
        long now = System.nanoTime();
        state.tick((now - tickedNanos) / 1e9);
        tickedNanos = now;
    }

    /** Runs a part on its own thread. Returns a task that stops it and waits for its end. */
    private Runnable run(String name, Runnable task, Runnable stop) {
        Thread thread = daemon(name, () -> {
            try {
                task.run();
            } catch (RuntimeException | Error e) {
                failed.accept(e);
            }
        });
        thread.start();
        return () -> {
            stop.run();
            try {
                thread.join(CLOSE_TIMEOUT_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        };
    }

    static Thread daemon(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    @Override
    public void close() {
        if (!started) {
            reader.close();
        }
        while (!closing.isEmpty()) {
            closing.pop().run();
        }
    }
}
