package digitstream.classify;

import digitstream.streams.DeadLetterMetrics;
import digitstream.streams.DurationHistogram;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * The metrics of the classifying topology, over all model versions. Counters count work done: work of an aborted transaction counts again when it is
 * repeated, although its results appear once. Thread-safe.
 */
public final class ClassifyMetrics {
    private static final double[] BATCH_SIZES = {1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024};
    private static final Duration[] WAITS = millis(1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 5_000);
    private static final Duration[] INFERENCES = {
        Duration.ofNanos(100_000),
        Duration.ofNanos(200_000),
        Duration.ofNanos(500_000),
        Duration.ofMillis(1),
        Duration.ofMillis(2),
        Duration.ofMillis(5),
        Duration.ofMillis(10),
        Duration.ofMillis(20),
        Duration.ofMillis(50),
        Duration.ofMillis(100),
        Duration.ofMillis(500)
    };
    private static final Duration[] LATENCIES =
            millis(5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 30_000, 60_000, 300_000);

    private final Map<FlushReason, Counter> flushes = new EnumMap<>(FlushReason.class);
    private final DistributionSummary batchSize;
    private final Timer queueWait;
    private final Timer inference;
    private final DurationHistogram latency;
    private final DeadLetterMetrics deadLetters;

    /** Registers the metrics. */
    public ClassifyMetrics(MeterRegistry meters) {
        for (FlushReason reason : FlushReason.values()) {
            flushes.put(
                    reason,
                    Counter.builder("digits.batch.flush")
                            .description("Classified batches by what closed them: size or poll.")
                            .tags("reason", reason.tag())
                            .register(meters));
        }
        this.batchSize = DistributionSummary.builder("digits.batch.size")
                .description("Images per batch.")
                .serviceLevelObjectives(BATCH_SIZES)
                .register(meters);
        this.queueWait = Timer.builder("digits.queue.wait")
                .description("Time from the poll that returns an image to the classification of its batch.")
                .serviceLevelObjectives(WAITS)
                .register(meters);
        this.inference = Timer.builder("digits.inference.duration")
                .description("Inference time per model call, normally one call per batch.")
                .serviceLevelObjectives(INFERENCES)
                .register(meters);
        this.latency = new DurationHistogram(
                meters,
                "digits.end.to.end.latency",
                "Time from an image's event time to its prediction. The prediction is committed up to commit.interval.ms"
                        + " later.",
                LATENCIES);
        this.deadLetters = new DeadLetterMetrics(meters);
    }

    /**
     * Records that a batch was closed.
     *
     * @param waitMillis how long each of its images has waited since the poll that returned it
     */
    void flushed(FlushReason reason, int images, long waitMillis) {
        Objects.requireNonNull(flushes.get(reason)).increment();
        batchSize.record(images);
        for (int i = 0; i < images; i++) {
            queueWait.record(waitMillis, TimeUnit.MILLISECONDS);
        }
    }

    /** Records the duration of a model call. */
    void inferred(long nanos) {
        inference.record(nanos, TimeUnit.NANOSECONDS);
    }

    /** Records the results of a batch, in the order of its images. */
    void classified(List<PendingImage> images, List<Classified> results) {
        for (int i = 0; i < results.size(); i++) {
            if (results.get(i) instanceof Classified.Predicted predicted) {
                latency.record(TimeUnit.MILLISECONDS.toNanos(
                        predicted.predictedAtMillis() - images.get(i).eventTimeMillis()));
            }
        }
    }

    DeadLetterMetrics deadLetters() {
        return deadLetters;
    }

    private static Duration[] millis(long... all) {
        return Arrays.stream(all).mapToObj(Duration::ofMillis).toArray(Duration[]::new);
    }
}
