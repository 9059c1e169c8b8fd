package digitstream.demo;

import digitstream.avro.Accuracy;
import digitstream.avro.DigitImage;
import digitstream.avro.DigitLabel;
import digitstream.avro.Prediction;
import digitstream.client.CommittedReader;
import digitstream.client.ConsumerLag;
import digitstream.client.DigitProducer;
import digitstream.client.ProducePlan;
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
 * Produces digits to a pipeline that is up, watches what comes out, and when the producing ends waits until all of it is
 * predicted and scored. Used once, by one thread.
 */
public final class Demo {
    /** At full rate, no more images than this are on their way: enough to keep all busy, and latency means something. */
    private static final long MOST_IN_FLIGHT = 20_000;

    private static final long PATIENCE_NANOS = 60_000_000_000L;
    /** A duplicate would come within a commit or two of the last prediction. */
    private static final long AFTERMATH_MILLIS = 1_500;

    private static final Duration BROKER_PATIENCE = Duration.ofSeconds(10);
    private static final long LOOK_MILLIS = 50;

    private final LocalCluster cluster;
    private final ServeProcess serve;
    private final Settings settings;
    private final ProducePlan plan;
    private final String modelVersion;
    private final DemoView view;

    private final AtomicReference<@Nullable RuntimeException> producing = new AtomicReference<>();

    /**
     * Takes a pipeline that is up.
     *
     * @param modelVersion that serves
     * @param terminal whether the output can be drawn over
     */
    public Demo(
            LocalCluster cluster,
            ServeProcess serve,
            Settings settings,
            ProducePlan plan,
            String modelVersion,
            PrintStream out,
            boolean terminal) {
        this.cluster = cluster;
        this.serve = serve;
        this.settings = settings;
        this.plan = plan;
        this.modelVersion = modelVersion;
        this.view = new DemoView(out, terminal);
    }

    /**
     * Runs it.
     *
     * @param clients what Kafka's clients need
     * @param stop whether to end early; asked often
     * @throws LocalException where a part of the pipeline dies
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
                Double.isInfinite(plan.imagesPerSecond()) && digits.imagesSent() - tally.predicted() > MOST_IN_FLIGHT;

        Thread counting = new Thread(tally, "tally");
        Thread sending = new Thread(() -> produce(digits, stop, hold), "producer");
        long start = System.nanoTime();
        counting.start();
        sending.start();
        try {
            watch(
                    digits,
                    tally,
                    sending,
                    new ConsumerLag(admin, settings.classifyApplicationId(), Set.of(topics.images()), BROKER_PATIENCE),
                    start);
            Thread.sleep(AFTERMATH_MILLIS);
        } finally {
            tally.stop();
            counting.join();
        }
        return summary(digits, tally.snapshot(), start);
    }

    private void produce(DigitProducer digits, BooleanSupplier stop, BooleanSupplier hold) {
        try {
            digits.run(stop, hold);
        } catch (RuntimeException e) {
            producing.set(e);
        }
    }

    /** Draws until all that was produced is predicted and scored, or nothing has moved for a minute. */
    private void watch(DigitProducer digits, Tally tally, Thread sending, ConsumerLag lag, long start)
            throws InterruptedException {
        long drawnAt = start;
        long producedBefore = 0;
        long predictedBefore = 0;
        long doneBefore = -1;
        long movedAt = start;
        while (true) {
            Thread.sleep(LOOK_MILLIS);
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
                long done = tally.answered() + tally.scored();
                if (tally.answered() >= digits.imagesSent() && tally.scored() >= digits.labelsSent()) {
                    return;
                }
                movedAt = done == doneBefore ? movedAt : now;
                doneBefore = done;
                if (now - movedAt > PATIENCE_NANOS) {
                    return;
                }
            } else {
                movedAt = now;
            }
        }
    }

    private void requireAlive() {
        RuntimeException failure = producing.get();
        if (failure != null) {
            throw failure;
        }
        Optional<String> dead = cluster.deadServer();
        if (dead.isPresent()) {
            throw new LocalException(dead.get());
        }
        if (!serve.process().isAlive()) {
            throw new LocalException(
                    "the serving process has ended: " + serve.process().lastWords());
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
