package digitstream.demo;

import digitstream.avro.Accuracy;
import digitstream.avro.DigitImage;
import digitstream.avro.DigitLabel;
import digitstream.avro.Prediction;
import digitstream.client.CommittedReader;
import digitstream.client.ConsumerLag;
import digitstream.client.DigitProducer;
import digitstream.client.ProducePlan;
import digitstream.common.Causes;
import digitstream.common.LiveLines;
import digitstream.data.LabelledImages;
import digitstream.local.LocalCluster;
import digitstream.local.LocalException;
import digitstream.local.ServeProcess;
import digitstream.serde.AvroDecoder;
import digitstream.serde.AvroSerializer;
import digitstream.serde.SchemaRegistry;
import digitstream.settings.Settings;
import digitstream.settings.Topics;
import java.io.PrintStream;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.Producer;
import org.jspecify.annotations.Nullable;

/**
 * Produces digits to a running pipeline and shows its results. When production stops, waits until every image has been
 * predicted and scored. Used once, by one thread.
 */
public final class Demo {
    /** The limit of images in flight at full rate: enough to keep the pipeline busy, few enough for a meaningful latency. */
    private static final long MAX_IN_FLIGHT = 20_000;

    private static final long STALL_TIMEOUT_NANOS = 60_000_000_000L;

    /** How long to wait for the last commits. */
    private static final Duration COMMIT_TIMEOUT = Duration.ofSeconds(10);

    private static final Duration BROKER_TIMEOUT = Duration.ofSeconds(10);
    private static final long CHECK_INTERVAL_MILLIS = 50;

    private final LocalCluster cluster;
    private final ServeProcess serve;
    private final Settings settings;
    private final ProducePlan plan;
    private final String modelVersion;
    private final DemoView view;

    private final AtomicReference<@Nullable Throwable> producerFailure = new AtomicReference<>();

    /**
     * Creates a demo of a running pipeline.
     *
     * @param modelVersion the version of the model that the pipeline serves
     * @param live lines on {@code out} that can be redrawn; empty if it is no such terminal
     */
    public Demo(
            LocalCluster cluster,
            ServeProcess serve,
            Settings settings,
            ProducePlan plan,
            String modelVersion,
            PrintStream out,
            Optional<LiveLines> live) {
        this.cluster = cluster;
        this.serve = serve;
        this.settings = settings;
        this.plan = plan;
        this.modelVersion = modelVersion;
        this.view = new DemoView(out, live);
    }

    /**
     * Runs the demo.
     *
     * @param clients the settings of every Kafka client
     * @param stop polled; returns true to stop early
     * @throws LocalException if a part of the pipeline stops
     */
    public DemoSummary run(
            Map<String, String> clients,
            Admin admin,
            Producer<byte[], byte[]> producer,
            SchemaRegistry schemas,
            LabelledImages images,
            BooleanSupplier stop)
            throws InterruptedException {
        Topics topics = settings.topics();
        Tally tally = new Tally(
                new CommittedReader(
                        clients, List.of(topics.predictions(), topics.accuracy(), topics.deadLetters()), true),
                topics,
                new AvroDecoder<>(schemas, Prediction.class),
                new AvroDecoder<>(schemas, Accuracy.class),
                plan.idPrefix(),
                Clock.systemUTC());
        DigitProducer digits = new DigitProducer(
                producer,
                new AvroSerializer<>(schemas, DigitImage.class),
                new AvroSerializer<>(schemas, DigitLabel.class),
                topics.images(),
                topics.labels(),
                images,
                plan,
                Clock.systemUTC());
        BooleanSupplier hold = () ->
                Double.isInfinite(plan.imagesPerSecond()) && digits.imagesSent() - tally.predicted() > MAX_IN_FLIGHT;

        Thread counting = new Thread(tally, "tally");
        Thread sending = new Thread(() -> produce(digits, stop, hold), "producer");
        long start = System.nanoTime();
        counting.start();
        sending.start();
        try {
            ConsumerLag lag =
                    new ConsumerLag(admin, settings.classifyApplicationId(), Set.of(topics.images()), BROKER_TIMEOUT);
            watch(digits, tally, sending, lag, start);
            awaitCommitted(lag);
            tally.finish();
            counting.join(COMMIT_TIMEOUT.toMillis());
        } finally {
            tally.stop();
            counting.join();
        }
        return summary(digits, tally.snapshot(), start);
    }

    private void produce(DigitProducer digits, BooleanSupplier stop, BooleanSupplier hold) {
        try {
            digits.run(stop, hold);
        } catch (RuntimeException | Error e) {
            producerFailure.set(e);
        }
    }

    /** Updates the view until every image has been predicted and scored, or there has been no progress for a minute. */
    private void watch(DigitProducer digits, Tally tally, Thread sending, ConsumerLag lag, long start)
            throws InterruptedException {
        long drawnAt = start;
        long producedBefore = 0;
        long predictedBefore = 0;
        long processedBefore = -1;
        long progressAt = start;
        while (true) {
            Thread.sleep(CHECK_INTERVAL_MILLIS);
            requireAlive();
            long now = System.nanoTime();
            Tally.@Nullable Snapshot drawn = null;
            if (now - drawnAt >= view.intervalMillis() * 1_000_000) {
                drawn = tally.snapshot();
                double seconds = (now - drawnAt) / 1e9;
                long produced = digits.imagesSent();
                view.draw(
                        produced,
                        (produced - producedBefore) / seconds,
                        (drawn.predicted() - predictedBefore) / seconds,
                        lag.position().totalLag(),
                        drawn,
                        (now - start) / 1e9);
                drawnAt = now;
                producedBefore = produced;
                predictedBefore = drawn.predicted();
            }
            if (!sending.isAlive()) {
                long processed = tally.handled() + tally.scored();
                if (tally.handled() >= digits.imagesSent() && tally.scored() >= digits.labelsSent()) {
                    return;
                }
                progressAt = processed == processedBefore ? progressAt : now;
                processedBefore = processed;
                if (now - progressAt > STALL_TIMEOUT_NANOS) {
                    return;
                }
            } else {
                progressAt = now;
            }
        }
    }

    /** No image whose offset is committed is predicted again, so the records that are there then have all duplicates. */
    private void awaitCommitted(ConsumerLag lag) throws InterruptedException {
        long deadline = System.nanoTime() + COMMIT_TIMEOUT.toNanos();
        while (lag.position().totalLag() > 0 && System.nanoTime() - deadline < 0) {
            Thread.sleep(CHECK_INTERVAL_MILLIS);
            requireAlive();
        }
    }

    private void requireAlive() {
        Causes.rethrow(producerFailure.get());
        Optional<String> dead = cluster.deadServer();
        if (dead.isPresent()) {
            throw new LocalException(dead.get());
        }
        if (!serve.process().isAlive()) {
            throw new LocalException(
                    "the serving process has stopped: " + serve.process().firstError());
        }
    }

    private DemoSummary summary(DigitProducer digits, Tally.Snapshot tally, long start) {
        Accuracy all = tally.windows().get("all");
        long produced = digits.imagesSent();
        double predicting = Math.max(1e-9, (tally.lastPredictionNanos() - start) / 1e9);
        return new DemoSummary(
                produced,
                tally.predicted(),
                tally.duplicates() + tally.unreadable(),
                Math.max(0, produced - tally.predicted() - tally.deadLettered()),
                all == null ? 0 : all.getLabelled(),
                tally.deadLettered(),
                tally.others(),
                all == null ? null : all.getAccuracy(),
                tally.predicted() / predicting,
                tally.latencyP50Millis(),
                tally.latencyP99Millis(),
                modelVersion,
                (System.nanoTime() - start) / 1e9);
    }
}
