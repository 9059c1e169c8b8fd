package digitstream.dashboard;

import digitstream.avro.DigitImage;
import digitstream.avro.DigitLabel;
import digitstream.avro.Prediction;
import digitstream.client.CommittedReader;
import digitstream.client.ConsumerLag;
import digitstream.monitoring.Health;
import digitstream.monitoring.Metrics;
import digitstream.monitoring.MonitoringRoutes;
import digitstream.serde.AvroDecoder;
import digitstream.serde.AvroSerializer;
import digitstream.serde.SchemaRegistry;
import digitstream.topology.Topics;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
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
    private static final int LATEST_MISTAKES = 24;
    /** A picture stays for so long, however fast they come, so that it can be looked at. */
    private static final int MISTAKES_SECONDS = 3;

    /** Enough for the latest record of some model versions where nothing has been published for long. */
    private static final long LEAST_FIGURES = 200;

    /** Then the page says that the brokers don't answer. */
    private static final Duration BROKER_PATIENCE = Duration.ofSeconds(3);

    private static final long CLOSE_MILLIS = 10_000;

    private final TopicWatch topicWatch;
    private final LagWatch lagWatch;
    private final Thread topicThread;
    private final Thread lagThread;
    private final ScheduledExecutorService ticker;
    private final Pages pages;
    private final DashboardServer server;
    private final ImageReader images;
    private final Producer<byte[], byte[]> producer;
    private final CompletableFuture<Throwable> failure;
    private final AtomicBoolean caughtUp = new AtomicBoolean();
    private volatile List<Mistakes.Mistake> latestMistakes = List.of();
    private long seconds;

    /**
     * How it is run.
     *
     * @param host to listen at; 127.0.0.1 unless others are to see it
     * @param port 0 for any free one
     * @param history how far back digits.accuracy is read at the start
     */
    public record Options(String host, int port, Duration history) {}

    /**
     * Starts it.
     *
     * @param clients what Kafka's clients need
     * @param admin stays the caller's, as the registry does
     * @param group the classifying topology's, whose lag is shown
     * @param normaliser makes any picture of a digit the 28 * 28 pixels that the model takes; empty where nothing is on it
     * @param metrics are served, too, at {@code /metrics}
     * @param health is told, too, at {@code /health/live} and {@code /health/ready}; the dashboard adds itself to it
     * @throws DashboardException where the port is taken or may not be listened at
     */
    public static Dashboard start(
            Map<String, String> clients,
            Admin admin,
            SchemaRegistry schemas,
            Topics topics,
            String group,
            Normaliser normaliser,
            Options options,
            Metrics metrics,
            Health health) {
        return new Dashboard(
                clients, admin, schemas, topics, group, normaliser, options, metrics, health, Clock.systemUTC());
    }

    private Dashboard(
            Map<String, String> clients,
            Admin admin,
            SchemaRegistry schemas,
            Topics topics,
            String group,
            Normaliser normaliser,
            Options options,
            Metrics metrics,
            Health health,
            Clock clock) {
        this.failure = new CompletableFuture<>();
        health.add(new Health.Part(
                "dashboard", () -> !failure.isDone(), caughtUp::get, () -> caughtUp.get() ? "live" : "reads the past"));
        AccuracyHistory history = new AccuracyHistory();
        Releases releases = new Releases();
        Sample sample = new Sample();
        Traffic traffic = new Traffic(releases::temperature);
        Mistakes mistakes = new Mistakes();
        this.lagWatch = new LagWatch(new ConsumerLag(admin, group, topics.images(), BROKER_PATIENCE));
        this.pages = new Pages();
        this.producer = producer(clients);
        Drawings drawings = new Drawings(
                producer,
                topics,
                new AvroSerializer<>(schemas, DigitImage.class),
                new AvroSerializer<>(schemas, DigitLabel.class),
                clock);
        this.images = new ImageReader(clients, topics.images(), new AvroDecoder<>(schemas, DigitImage.class));
        try {
            this.server = new DashboardServer(
                    options.host(),
                    options.port(),
                    pages,
                    drawings,
                    images,
                    normaliser,
                    mistakes,
                    new MonitoringRoutes(metrics, health),
                    () -> StateJson.state(
                            clock.millis(),
                            traffic,
                            lagWatch.found(),
                            history,
                            releases,
                            sample.oneIn(),
                            latestMistakes),
                    () -> StateJson.history(history, traffic, releases));
        } catch (DashboardException e) {
            images.close();
            producer.close();
            throw e;
        }
        this.topicWatch = new TopicWatch(
                List.of(
                        // Before the predictions are, their models are known.
                        new CommittedReader(clients, List.of(topics.models()), true),
                        CommittedReader.since(
                                clients,
                                List.of(topics.accuracy()),
                                Instant.now(clock).minus(options.history()),
                                LEAST_FIGURES)),
                new CommittedReader(clients, List.of(topics.predictions(), topics.labels()), false),
                topics,
                schemas,
                sample,
                new TopicWatch.Listeners(
                        releases::add,
                        history::add,
                        new TopicWatch.PredictionListener() {
                            @Override
                            public void predicted(Prediction prediction, long readAtMillis) {
                                traffic.predicted(prediction, readAtMillis);
                                mistakes.predicted(prediction);
                                drawings.predicted(prediction, readAtMillis);
                            }

                            @Override
                            public void passedOver(long readAtMillis) {
                                traffic.passedOver(readAtMillis);
                            }
                        },
                        mistakes::labelled,
                        () -> caughtUp.set(true)),
                clock);
        this.topicThread = thread("dashboard-topics", topicWatch);
        this.lagThread = thread("dashboard-lag", lagWatch);
        this.ticker = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "dashboard-ticker");
            thread.setDaemon(true);
            return thread;
        });
        var unused = ticker.scheduleAtFixedRate(
                () -> {
                    try {
                        LagWatch.Found found = lagWatch.found();
                        traffic.close(clock.millis(), found.in(), found.totalLag());
                        sample.adjustTo(traffic.rate());
                        if (seconds++ % MISTAKES_SECONDS == 0) {
                            latestMistakes = mistakes.latest(LATEST_MISTAKES);
                        }
                        pages.tell(server::state);
                    } catch (RuntimeException e) {
                        fail(e);
                    }
                },
                1,
                1,
                TimeUnit.SECONDS);
    }

    /** Where the page is. */
    public String url() {
        return server.url();
    }

    /** Completes when a part of it has died, with what killed it. */
    public CompletableFuture<Throwable> failure() {
        return failure;
    }

    private Thread thread(String name, Runnable task) {
        Thread thread = new Thread(
                () -> {
                    try {
                        task.run();
                    } catch (RuntimeException | Error e) {
                        fail(e);
                    }
                },
                name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private void fail(Throwable cause) {
        LOG.error("The dashboard has failed", cause);
        failure.complete(cause);
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
        ticker.shutdownNow();
        topicWatch.stop();
        lagWatch.stop();
        lagThread.interrupt();
        pages.close();
        server.close();
        try {
            topicThread.join(CLOSE_MILLIS);
            lagThread.join(CLOSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        images.close();
        producer.close(Duration.ofSeconds(1));
    }

    /** Makes a drawn picture what the model takes. */
    @FunctionalInterface
    public interface Normaliser {
        /** The 28 * 28 pixels; empty where nothing is on the picture. */
        Optional<byte[]> pixels(java.awt.image.BufferedImage picture);
    }
}
