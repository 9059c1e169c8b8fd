package digitstream.dashboard;

import digitstream.avro.DigitImage;
import digitstream.avro.DigitLabel;
import digitstream.client.CommittedReader;
import digitstream.client.CommittedReader.Start;
import digitstream.client.ConsumerLag;
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

/** The dashboard at work: watches the topics and serves the page. Safe for use by several threads. */
public final class Dashboard implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Dashboard.class);

    /** Enough for the latest record of some model versions where nothing has been published for long. */
    private static final long LEAST_FIGURES = 200;

    /** Of each partition, so that mistakes are there to be shown from the start. */
    private static final long LATEST_PREDICTIONS = Mistakes.REMEMBERED / 4;

    /** Then the page says that the brokers don't answer. */
    private static final Duration BROKER_PATIENCE = Duration.ofSeconds(3);

    private static final long CLOSE_MILLIS = 10_000;

    private final CompletableFuture<Throwable> failure = new CompletableFuture<>();
    private final DashboardServer server;
    /** What is to be closed, the last one first. */
    private final Deque<Runnable> closing = new ArrayDeque<>();

    private long tickedNanos;

    /**
     * How it is run.
     *
     * @param host to listen at; 127.0.0.1 unless others are to see it
     * @param port 0 for any free one
     * @param history how far back digits.accuracy is read at the start, and shown
     */
    public record Options(String host, int port, Duration history) {}

    /** The topologies' consumer groups, which are their application ids. */
    public record Groups(String classifying, String scoring) {}

    /** Makes a drawn picture what the model takes. */
    @FunctionalInterface
    public interface Normaliser {
        /** The 28 * 28 pixels; empty where nothing is on the picture. */
        Optional<byte[]> pixels(java.awt.image.BufferedImage picture);
    }

    /**
     * Starts it.
     *
     * @param clients what Kafka's clients need
     * @param admin stays the caller's, as the registry does
     * @param groups whose lag is shown
     * @param normaliser makes any picture of a digit the 28 * 28 pixels that the model takes; empty where nothing is on it
     * @param metrics are served, too, at {@code /metrics}
     * @param health is told, too, at {@code /health/live} and {@code /health/ready}; the dashboard adds itself to it
     * @throws DashboardException where the port is taken or may not be listened at
     * @throws org.apache.kafka.common.KafkaException where the brokers do not answer
     */
    public static Dashboard start(
            Map<String, String> clients,
            Admin admin,
            SchemaRegistry schemas,
            Topics topics,
            Groups groups,
            Normaliser normaliser,
            Options options,
            Metrics metrics,
            Health health) {
        return new Dashboard(
                clients, admin, schemas, topics, groups, normaliser, options, metrics, health, Clock.systemUTC());
    }

    private Dashboard(
            Map<String, String> clients,
            Admin admin,
            SchemaRegistry schemas,
            Topics topics,
            Groups groups,
            Normaliser normaliser,
            Options options,
            Metrics metrics,
            Health health,
            Clock clock) {
        try {
            LagWatch lagWatch = new LagWatch(
                    new ConsumerLag(admin, groups.classifying(), Set.of(topics.images()), BROKER_PATIENCE),
                    new ConsumerLag(
                            admin, groups.scoring(), Set.of(topics.predictions(), topics.labels()), BROKER_PATIENCE),
                    clock);
            DashboardState state = new DashboardState(clock, lagWatch, options.history(), failure::isDone);
            health.add(new Health.Part(
                    "dashboard",
                    () -> !failure.isDone(),
                    state::isCaughtUp,
                    () -> state.isCaughtUp() ? "live" : "reads the past"));
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
            TopicWatch topicWatch = new TopicWatch(reader, topics, schemas, state.sample(), state.listener(drawings));
            Pages pages = new Pages();
            try {
                this.server = new DashboardServer(
                        options.host(),
                        options.port(),
                        state,
                        pages,
                        drawings,
                        images,
                        normaliser,
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
                topics.accuracy(), new Start.Since(now.minus(options.history()), LEAST_FIGURES),
                topics.predictions(), new Start.Since(now, LATEST_PREDICTIONS),
                topics.labels(), new Start.Since(now, LATEST_PREDICTIONS));
    }

    /** Where the page is. */
    public String url() {
        return server.url();
    }

    /** Completes when a part of it has died, with what killed it. */
    public CompletableFuture<Throwable> failure() {
        return failure;
    }

    /** Runs a part on a thread of its own, and returns what ends it. */
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
                thread.join(CLOSE_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        };
    }

    /** Tells the pages once a second, and returns what ends that. */
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
                        pages.tell(state::now);
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
                if (!ticker.awaitTermination(CLOSE_MILLIS, TimeUnit.MILLISECONDS)) {
                    LOG.error("The dashboard's ticker did not end within {} ms", CLOSE_MILLIS);
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

    /** Drawn digits only: gives up soon, so that who waits hears of it. */
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
