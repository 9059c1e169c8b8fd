package digitstream.dashboard;

import digitstream.avro.DigitImage;
import digitstream.avro.DigitLabel;
import digitstream.dashboard.access.Access;
import digitstream.monitoring.Health;
import digitstream.monitoring.Metrics;
import digitstream.monitoring.MonitoringRoutes;
import digitstream.serde.AvroDecoder;
import digitstream.serde.AvroSerializer;
import digitstream.verdict.VerdictMetrics;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A running dashboard: reads the topics and serves the page. Thread-safe. */
public final class Dashboard implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Dashboard.class);

    /** Predictions and labels read from the end of each partition at the start, so that the page shows mistakes at once. */
    private static final long RECENT_RECORDS = Mistakes.MAX_IMAGES / 4;

    private static final long CLOSE_TIMEOUT_MILLIS = 10_000;

    private final CompletableFuture<Throwable> failure = new CompletableFuture<>();
    private final DashboardServer server;
    /** Closes the started parts; the last one is closed first. */
    private final Deque<Runnable> closing = new ArrayDeque<>();

    /**
     * Options of the dashboard.
     *
     * @param host address to listen on; use 127.0.0.1 unless other machines need access
     * @param port 0 for any free port
     * @param history how far back digits.accuracy is read at the start and shown
     * @param access who may use it, and under which address
     */
    public record Options(String host, int port, Duration history, Access access) {}

    /** Converts a drawn picture to an image for the model. */
    @FunctionalInterface
    public interface Normaliser {
        /** Returns the 28 * 28 pixels, row by row, 255 is ink; empty if the picture is blank. */
        Optional<byte[]> pixels(java.awt.image.BufferedImage picture);
    }

    /**
     * Starts a dashboard.
     *
     * @param source what to read, and from where; not closed by the dashboard
     * @param normaliser converts drawn digits
     * @param metrics served at {@code /metrics}; the dashboard adds the verdict and its bounds to it
     * @param health served at {@code /health/live} and {@code /health/ready}; the dashboard adds itself to it
     * @throws DashboardException if the server cannot listen on the port
     * @throws org.apache.kafka.common.KafkaException if the brokers do not respond
     */
    public static Dashboard start(
            StreamSource source, Normaliser normaliser, Options options, Metrics metrics, Health health) {
        return new Dashboard(source, normaliser, options, metrics, health, Clock.systemUTC());
    }

    private Dashboard(
            StreamSource source, Normaliser normaliser, Options options, Metrics metrics, Health health, Clock clock) {
        try {
            Producer<byte[], byte[]> producer = producer(source.clients());
            closing.push(() -> producer.close(Duration.ofSeconds(1)));
            Sample sample = new Sample();
            Drawings drawings = new Drawings(
                    producer,
                    source.topics(),
                    new AvroSerializer<>(source.schemas(), DigitImage.class),
                    new AvroSerializer<>(source.schemas(), DigitLabel.class),
                    sample,
                    clock);
            ImageReader images = new ImageReader(
                    source.clients(), source.topics().images(), new AvroDecoder<>(source.schemas(), DigitImage.class));
            closing.push(images::close);
            StreamWatch watch = StreamWatch.open(
                    source,
                    new StreamWatch.Options(
                            options.history(), RECENT_RECORDS, options.access().readOnly()),
                    sample,
                    drawings::predicted,
                    this::fail,
                    failure::isDone,
                    clock);
            closing.push(watch::close);
            DashboardState state = watch.state();
            health.add(new Health.Part(
                    "dashboard",
                    () -> !failure.isDone(),
                    state::isCaughtUp,
                    () -> state.isCaughtUp() ? "live" : "loading history"));
            Pages pages = new Pages();
            this.server = new DashboardServer(
                    options.host(),
                    options.port(),
                    options.access(),
                    state,
                    pages,
                    new DrawingRoutes(drawings, normaliser, source.drawnDigits()),
                    images,
                    new MonitoringRoutes(metrics, health));
            closing.push(server::close);
            closing.push(pages::close);
            VerdictMetrics.registerBounds(metrics.registry(), source.bounds());
            VerdictMetrics.registerVerdict(metrics.registry(), state::verdict, state::judgedMillis);
            watch.start();
            closing.push(tick(watch, pages));
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /** The URL of the page. */
    public String url() {
        return server.url();
    }

    /** Completes with the cause when a part of the dashboard has failed. */
    public CompletableFuture<Throwable> failure() {
        return failure;
    }

    /** Sends the state to the pages once a second. Returns a task that stops this. */
    private Runnable tick(StreamWatch watch, Pages pages) {
        ScheduledExecutorService ticker =
                Executors.newSingleThreadScheduledExecutor(task -> StreamWatch.daemon("dashboard-ticker", task));
        var unused = ticker.scheduleWithFixedDelay(
                () -> {
                    try {
                        watch.tick();
                        pages.send(watch.state()::now);
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
