package digitstream.dashboard;

import digitstream.avro.DigitImage;
import digitstream.avro.DigitLabel;
import digitstream.client.CommittedReader;
import digitstream.client.CommittedReader.Start;
import digitstream.client.ConsumerLag;
import digitstream.common.EventTimeRange;
import digitstream.dashboard.access.Access;
import digitstream.monitoring.Health;
import digitstream.monitoring.Metrics;
import digitstream.monitoring.MonitoringRoutes;
import digitstream.serde.AvroDecoder;
import digitstream.serde.AvroSerializer;
import digitstream.serde.SchemaRegistry;
import digitstream.settings.Topics;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A running dashboard: reads the topics and serves the page. Thread-safe. */
public final class Dashboard implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Dashboard.class);

    /** Enough to include the latest record of some model versions even if nothing has been published for a long time. */
    private static final long MIN_FIGURES = 200;

    /** Predictions and labels read from the end of each partition at the start, so that the page shows mistakes at once. */
    private static final long RECENT_RECORDS = Mistakes.MAX_IMAGES / 4;

    /** After this time, the page reports that the brokers do not respond. */
    private static final Duration BROKER_TIMEOUT = Duration.ofSeconds(3);

    private static final long CLOSE_TIMEOUT_MILLIS = 10_000;

    private final CompletableFuture<Throwable> failure = new CompletableFuture<>();
    private final DashboardServer server;
    /** Closes the started parts; the last one is closed first. */
    private final Deque<Runnable> closing = new ArrayDeque<>();

    private long tickedNanos;

    /**
     * Options of the dashboard.
     *
     * @param host address to listen on; use 127.0.0.1 unless other machines need access
     * @param port 0 for any free port
     * @param history how far back digits.accuracy is read at the start and shown
     * @param access who may use it, and under which address
     */
    public record Options(String host, int port, Duration history, Access access) {}

    /** The consumer groups of the topologies, which equal their application ids. */
    public record Groups(String classifying, String scoring) {}

    /** Converts a drawn picture to an image for the model. */
    @FunctionalInterface
    public interface Normaliser {
        /** Returns the 28 * 28 pixels, row by row, 255 is ink; empty if the picture is blank. */
        Optional<byte[]> pixels(java.awt.image.BufferedImage picture);
    }

    /**
     * Starts a dashboard.
     *
     * @param clients configuration of the Kafka clients
     * @param admin not closed by the dashboard
     * @param schemas not closed by the dashboard
     * @param times the event times that scoring accepts
     * @param groups the consumer groups whose lag is shown
     * @param normaliser converts drawn digits
     * @param metrics served at {@code /metrics}
     * @param health served at {@code /health/live} and {@code /health/ready}; the dashboard adds itself to it
     * @throws DashboardException if the server cannot listen on the port
     * @throws org.apache.kafka.common.KafkaException if the brokers do not respond
     */
    public static Dashboard start(
            Map<String, String> clients,
            Admin admin,
            SchemaRegistry schemas,
            Topics topics,
            EventTimeRange times,
            Groups groups,
            Normaliser normaliser,
            Options options,
            Metrics metrics,
            Health health) {
        return new Dashboard(
                clients,
                admin,
                schemas,
                topics,
                times,
                groups,
                normaliser,
                options,
                metrics,
                health,
                Clock.systemUTC());
    }

    private Dashboard(
            Map<String, String> clients,
            Admin admin,
            SchemaRegistry schemas,
            Topics topics,
            EventTimeRange times,
            Groups groups,
            Normaliser normaliser,
            Options options,
            Metrics metrics,
            Health health,
            Clock clock) {
        try {
            LagWatch lagWatch = new LagWatch(
                    new ConsumerLag(admin, groups.classifying(), Set.of(topics.images()), BROKER_TIMEOUT),
                    new ConsumerLag(
                            admin, groups.scoring(), Set.of(topics.predictions(), topics.labels()), BROKER_TIMEOUT),
                    clock);
            DashboardState state = new DashboardState(
                    clock, lagWatch, options.history(), options.access().readOnly(), failure::isDone);
            health.add(new Health.Part(
                    "dashboard",
                    () -> !failure.isDone(),
                    state::isCaughtUp,
                    () -> state.isCaughtUp() ? "live" : "loading history"));
            Producer<byte[], byte[]> producer = producer(clients);
            closing.push(() -> producer.close(Duration.ofSeconds(1)));
            Drawings drawings = new Drawings(
                    producer,
                    topics,
                    new AvroSerializer<>(schemas, DigitImage.class),
                    new AvroSerializer<>(schemas, DigitLabel.class),
                    clock);
            ImageReader images =
                    new ImageReader(clients, topics.images(), new AvroDecoder<>(schemas, DigitImage.class));
            closing.push(images::close);
            CommittedReader reader = new CommittedReader(clients, beginnings(topics, Instant.now(clock), options));
            TopicWatch topicWatch =
                    new TopicWatch(reader, topics, schemas, times, clock, state.sample(), state.listener(drawings));
            Pages pages = new Pages();
            try {
                this.server = new DashboardServer(
                        options.host(),
                        options.port(),
                        options.access(),
                        state,
                        pages,
                        new DrawingRoutes(drawings, normaliser),
                        images,
                        new MonitoringRoutes(metrics, health));
            } catch (RuntimeException e) {
                reader.close();
                throw e;
            }
            closing.push(server::close);
            closing.push(pages::close);
            closing.push(run("dashboard-topics", topicWatch, topicWatch::stop));
            closing.push(run("dashboard-lag", lagWatch, lagWatch::stop));
            closing.push(tick(state, pages));
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private static Map<String, Start> beginnings(Topics topics, Instant now, Options options) {
        return Map.of(
                topics.models(), new Start.Beginning(),
                topics.accuracy(), new Start.Since(now.minus(options.history()), MIN_FIGURES),
                topics.predictions(), new Start.Since(now, RECENT_RECORDS),
                topics.labels(), new Start.Since(now, RECENT_RECORDS));
    }

    /** The URL of the page. */
    public String url() {
        return server.url();
    }

    /** Completes with the cause when a part of the dashboard has failed. */
    public CompletableFuture<Throwable> failure() {
        return failure;
    }

    /** Runs a part on its own thread. Returns a task that stops it and waits for its end. */
    private Runnable run(String name, Runnable task, Runnable stop) {
        Thread thread = daemon(name, () -> {
            try {
                task.run();
            } catch (RuntimeException | Error e) {
                fail(e);
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

    /** Sends the state to the pages once a second. Returns a task that stops this. */
    private Runnable tick(DashboardState state, Pages pages) {
        tickedNanos = System.nanoTime();
        ScheduledExecutorService ticker =
                Executors.newSingleThreadScheduledExecutor(task -> daemon("dashboard-ticker", task));
        var unused = ticker.scheduleWithFixedDelay(
                () -> {
                    try {
                        long now = System.nanoTime();
                        state.tick((now - tickedNanos) / 1e9);
                        tickedNanos = now;
                        pages.send(state::now);
                    } catch (RuntimeException | Error e) {
                        fail(e);
                    }
                },
                1,
                1,
                TimeUnit.SECONDS);
        return () -> {
            ticker.shutdown();
            try {
                if (!ticker.awaitTermination(CLOSE_TIMEOUT_MILLIS, TimeUnit.MILLISECONDS)) {
                    LOG.error("The dashboard's ticker did not stop within {} ms", CLOSE_TIMEOUT_MILLIS);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        };
    }

    private static Thread daemon(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    private void fail(Throwable cause) {
        if (failure.complete(cause)) {
            LOG.error("The dashboard has failed", cause);
        }
    }

    /** A producer for drawn digits. Its timeouts are short, because a user is waiting. */
    private static Producer<byte[], byte[]> producer(Map<String, String> clients) {
        Map<String, Object> all = new HashMap<>(clients);
        all.put(ProducerConfig.ACKS_CONFIG, "all");
        all.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        all.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 5_000);
        all.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 5_000);
        all.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 9_000);
        return new KafkaProducer<>(all, new ByteArraySerializer(), new ByteArraySerializer());
    }

    @Override
    public void close() {
        while (!closing.isEmpty()) {
            closing.pop().run();
        }
    }
}
