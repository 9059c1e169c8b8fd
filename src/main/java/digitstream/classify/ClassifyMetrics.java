package digitstream.classify;

import digitstream.accuracy.Baseline;
import digitstream.accuracy.Drift;
import digitstream.accuracy.ModelVersion;
import digitstream.accuracy.PredictionMix;
import digitstream.common.Digits;
import digitstream.common.DrawnId;
import digitstream.streams.DeadLetterMetrics;
import digitstream.streams.DurationHistogram;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The metrics of the classifying topology. Counters count work done: work of an aborted transaction counts again when it is
 * repeated, although its results appear once. Thread-safe.
 */
public final class ClassifyMetrics {
    /** The rolling window of drift and estimated accuracy. */
    private static final Duration DRIFT_WINDOW = Duration.ofMinutes(10);

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

    private final Counter[] predictions = new Counter[Digits.CLASSES];
    private final Map<FlushReason, Counter> flushes = new EnumMap<>(FlushReason.class);
    private final DistributionSummary batchSize;
    private final Timer queueWait;
    private final Timer inference;
    private final DurationHistogram latency;
    private final DeadLetterMetrics deadLetters;
    private final RollingMix mix;
    private final double temperature;
    private final boolean drawnDigits;
    private final Clock clock;

    /**
     * Registers the metrics.
     *
     * @param sha256 SHA-256 of the model file
     * @param baseline the model's predictions on its validation images. Without it there are no drift metrics, and without
     *     its temperature no estimated accuracy.
     * @param drawnDigits whether digits that are drawn on the dashboard count in drift and estimated accuracy, as they then do in
     *     accuracy
     */
    public ClassifyMetrics(
            MeterRegistry meters,
            ModelVersion model,
            String sha256,
            Optional<Baseline> baseline,
            boolean drawnDigits,
            Clock clock) {
        Tags version = Tags.of("model", model.name(), "model_version", model.version());
        for (int digit = 0; digit < Digits.CLASSES; digit++) {
            predictions[digit] = Counter.builder("digits.predictions")
                    .description("Classified images by predicted digit.")
                    .tags(version.and("class", Integer.toString(digit)))
                    .register(meters);
        }
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
        this.drawnDigits = drawnDigits;
        this.clock = clock;
        this.mix = new RollingMix(DRIFT_WINDOW);
        this.temperature = baseline.map(Baseline::scale).orElse(1.0);
        Gauge.builder("digits.model.info", () -> 1)
                .description("Always 1; the tags name the model that this process serves.")
                .tags(version.and("sha256", sha256))
                .register(meters);
        Gauge.builder("digits.drift.images", mix, all -> all.sum(clock.millis()).count())
                .description("Predictions of the last ten minutes, the basis of drift and estimated accuracy.")
                .tags(version)
                .register(meters);
        baseline.filter(expected -> expected.temperature() != null).ifPresent(calibrated -> estimate(meters, version));
        baseline.ifPresent(expected -> {
            drift(meters, version.and("signal", "class"), all -> expected.classDrift(all));
            drift(meters, version.and("signal", "confidence"), all -> expected.confidenceDrift(all));
        });
    }

    private void estimate(MeterRegistry meters, Tags version) {
        Gauge.builder("digits.estimated.accuracy.ratio", mix, all -> all.sum(clock.millis())
                        .estimatedAccuracy()
                        .orElse(Double.NaN))
                .description(
                        "Accuracy estimated without labels: mean calibrated confidence of the predictions of the last"
                                + " ten minutes. Valid while the images resemble the validation images.")
                .tags(version)
                .register(meters);
    }

    private interface Distance {
        double from(PredictionMix mix);
    }

    private void drift(MeterRegistry meters, Tags tags, Distance distance) {
        Gauge.builder("digits.drift.psi", mix, all -> {
                    PredictionMix seen = all.sum(clock.millis());
                    return seen.count() < Drift.MIN_IMAGES ? Double.NaN : distance.from(seen);
                })
                .description("Population stability index of the predictions of the last ten minutes relative to the"
                        + " validation images. Below 0.1 is small, 0.25 or more is large. NaN with fewer than 500"
                        + " predictions.")
                .tags(tags)
                .register(meters);
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
        long[] classes = new long[Digits.CLASSES];
        PredictionMix batch = new PredictionMix();
        for (int i = 0; i < results.size(); i++) {
            if (results.get(i) instanceof Classified.Predicted predicted) {
                classes[predicted.label()]++;
                latency.record(TimeUnit.MILLISECONDS.toNanos(
                        predicted.predictedAtMillis() - images.get(i).eventTimeMillis()));
                if (drawnDigits || !DrawnId.isDrawn(images.get(i).record().key())) {
                    batch.add(predicted.label(), predicted.confidence(), predicted.calibrated(temperature));
                }
            }
        }
        for (int digit = 0; digit < Digits.CLASSES; digit++) {
            if (classes[digit] > 0) {
                predictions[digit].increment((double) classes[digit]);
            }
        }
        mix.add(batch, clock.millis());
    }

    DeadLetterMetrics deadLetters() {
        return deadLetters;
    }

    private static Duration[] millis(long... all) {
        return Arrays.stream(all).mapToObj(Duration::ofMillis).toArray(Duration[]::new);
    }
}
