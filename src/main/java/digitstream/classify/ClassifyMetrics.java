package digitstream.classify;

import digitstream.accuracy.Baseline;
import digitstream.accuracy.Calibration;
import digitstream.accuracy.Drift;
import digitstream.accuracy.ModelVersion;
import digitstream.accuracy.PredictionMix;
import digitstream.avro.Prediction;
import digitstream.common.Digits;
import digitstream.streams.DeadLetterMetrics;
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
 * What the classifying topology measures of itself. Counters count work as it is done: what a failed transaction did counts
 * again when it is done again, though its results appear once. Safe for use by several threads.
 */
public final class ClassifyMetrics {
    /** The mix that drift and estimated accuracy are taken from. */
    private static final Duration MIX = Duration.ofMinutes(10);

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
    private final Timer latency;
    private final DeadLetterMetrics deadLetters;
    private final RollingMix mix;
    private final double temperature;
    private final Clock clock;

    /**
     * Registers the meters.
     *
     * @param sha256 of the model's file
     * @param baseline what the model predicted on its validation images; without one there is no drift to be measured, and
     *     without its temperature no accuracy to be estimated
     */
    public ClassifyMetrics(
            MeterRegistry meters, ModelVersion model, String sha256, Optional<Baseline> baseline, Clock clock) {
        Tags version = Tags.of("model", model.name(), "model_version", model.version());
        for (int digit = 0; digit < Digits.CLASSES; digit++) {
            predictions[digit] = Counter.builder("digits.predictions")
                    .description("Images that were classified, by what they were said to show.")
                    .tags(version.and("class", Integer.toString(digit)))
                    .register(meters);
        }
        for (FlushReason reason : FlushReason.values()) {
            flushes.put(
                    reason,
                    Counter.builder("digits.batch.flush")
                            .description("Batches that were classified, by what closed them.")
                            .tags("reason", reason.tag())
                            .register(meters));
        }
        this.batchSize = DistributionSummary.builder("digits.batch.size")
                .description("Images in a batch.")
                .serviceLevelObjectives(BATCH_SIZES)
                .register(meters);
        this.queueWait = Timer.builder("digits.queue.wait")
                .description("From an image's joining its batch to the batch's classification, by the wall clock.")
                .serviceLevelObjectives(WAITS)
                .register(meters);
        this.inference = Timer.builder("digits.inference.duration")
                .description("The engine's time for a batch.")
                .serviceLevelObjectives(INFERENCES)
                .register(meters);
        this.latency = Timer.builder("digits.end.to.end.latency")
                .description(
                        "From an image's event time to its prediction, which is committed within commit.interval.ms.")
                .serviceLevelObjectives(LATENCIES)
                .register(meters);
        this.deadLetters = new DeadLetterMetrics(meters);
        this.clock = clock;
        this.mix = new RollingMix(MIX);
        this.temperature = baseline.map(Baseline::scale).orElse(1.0);
        Gauge.builder("digits.model.info", () -> 1)
                .description("The model that this process classifies with; always 1.")
                .tags(version.and("sha256", sha256))
                .register(meters);
        Gauge.builder("digits.drift.images", mix, all -> all.sum(clock.millis()).count())
                .description("Predictions of the last ten minutes, which drift and estimated accuracy are taken from.")
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
                        "Mean calibrated confidence of the last ten minutes' predictions: what accuracy would be if"
                                + " the images are like the validation images.")
                .tags(version)
                .register(meters);
    }

    private interface Distance {
        double from(PredictionMix mix);
    }

    private void drift(MeterRegistry meters, Tags tags, Distance distance) {
        Gauge.builder("digits.drift.psi", mix, all -> {
                    PredictionMix seen = all.sum(clock.millis());
                    return seen.count() < Drift.FEWEST ? Double.NaN : distance.from(seen);
                })
                .description("Population stability index of the last ten minutes' predictions against the validation"
                        + " images'; 0.1 is little, 0.25 much. NaN with fewer than 500 of them.")
                .tags(tags)
                .register(meters);
    }

    /** A batch closes. */
    void flushed(FlushReason reason, List<PendingImage> images, long nowMillis) {
        Objects.requireNonNull(flushes.get(reason)).increment();
        batchSize.record(images.size());
        for (PendingImage image : images) {
            queueWait.record(nowMillis - image.arrivedAtMillis(), TimeUnit.MILLISECONDS);
        }
    }

    /** The engine has worked. */
    void inferred(long nanos) {
        inference.record(nanos, TimeUnit.NANOSECONDS);
    }

    /** A batch is classified. */
    void classified(List<Classified> answers) {
        long[] classes = new long[Digits.CLASSES];
        PredictionMix batch = new PredictionMix();
        for (Classified answer : answers) {
            if (answer instanceof Classified.Predicted predicted) {
                Prediction prediction = predicted.prediction();
                classes[prediction.getLabel()]++;
                long tookMillis = prediction.getPredictedAt().toEpochMilli()
                        - prediction.getEventTime().toEpochMilli();
                latency.record(Math.max(0, tookMillis), TimeUnit.MILLISECONDS);
                batch.add(
                        prediction.getLabel(),
                        prediction.getConfidence(),
                        Calibration.confidence(prediction.getProbabilities(), temperature));
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
