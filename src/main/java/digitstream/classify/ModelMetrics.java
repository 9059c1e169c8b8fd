package digitstream.classify;

import digitstream.accuracy.Baseline;
import digitstream.accuracy.Drift;
import digitstream.accuracy.ModelVersion;
import digitstream.accuracy.PredictionMix;
import digitstream.common.Digits;
import digitstream.common.DrawnId;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The metrics of one model version, from its first batch until it is freed. Versions that no longer classify are not among the
 * metrics of the process. Counters count work done: work of an aborted transaction counts again when it is repeated. Thread-safe.
 */
public final class ModelMetrics implements AutoCloseable {
    /** The rolling window of drift and estimated accuracy. */
    private static final Duration DRIFT_WINDOW = Duration.ofMinutes(10);

    private final MeterRegistry meters;
    private final Tags version;
    private final List<Meter> registered = new ArrayList<>();
    private final Counter[] predictions = new Counter[Digits.CLASSES];
    private final RollingMix mix = new RollingMix(DRIFT_WINDOW);
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
    public ModelMetrics(
            MeterRegistry meters,
            ModelVersion model,
            String sha256,
            Optional<Baseline> baseline,
            boolean drawnDigits,
            Clock clock) {
        this.meters = meters;
        this.version = Tags.of("model", model.name(), "model_version", model.version());
        this.temperature = baseline.map(Baseline::scale).orElse(1.0);
        this.drawnDigits = drawnDigits;
        this.clock = clock;
        for (int digit = 0; digit < Digits.CLASSES; digit++) {
            predictions[digit] = Counter.builder("digits.predictions")
                    .description("Classified images by predicted digit.")
                    .tags(version.and("class", Integer.toString(digit)))
                    .register(meters);
            registered.add(predictions[digit]);
        }
        registered.add(Gauge.builder("digits.model.info", () -> 1)
                .description("Always 1; the tags name the model that this process serves.")
                .tags(version.and("sha256", sha256))
                .register(meters));
        registered.add(Gauge.builder("digits.drift.images", mix, all -> all.sum(clock.millis())
                        .count())
                .description("Predictions of the last ten minutes, the basis of drift and estimated accuracy.")
                .tags(version)
                .register(meters));
        baseline.filter(expected -> expected.temperature() != null).ifPresent(calibrated -> estimate());
        baseline.ifPresent(expected -> {
            drift("class", expected::classDrift);
            drift("confidence", expected::confidenceDrift);
        });
    }

    private void estimate() {
        registered.add(Gauge.builder("digits.estimated.accuracy.ratio", mix, all -> all.sum(clock.millis())
                        .estimatedAccuracy()
                        .orElse(Double.NaN))
                .description(
                        "Accuracy estimated without labels: mean calibrated confidence of the predictions of the last"
                                + " ten minutes. Valid while the images resemble the validation images.")
                .tags(version)
                .register(meters));
    }

    private interface Distance {
        double from(PredictionMix mix);
    }

    private void drift(String signal, Distance distance) {
        registered.add(Gauge.builder("digits.drift.psi", mix, all -> {
                    PredictionMix seen = all.sum(clock.millis());
                    return seen.count() < Drift.MIN_IMAGES ? Double.NaN : distance.from(seen);
                })
                .description("Population stability index of the predictions of the last ten minutes relative to the"
                        + " validation images. Below 0.1 is small, 0.25 or more is large. NaN with fewer than 500"
                        + " predictions.")
                .tags(version.and("signal", signal))
                .register(meters));
    }

    /** Records the results of a batch, in the order of its images. */
    void classified(List<PendingImage> images, List<Classified> results) {
        long[] classes = new long[Digits.CLASSES];
        PredictionMix batch = new PredictionMix();
        for (int i = 0; i < results.size(); i++) {
            if (results.get(i) instanceof Classified.Predicted predicted) {
                classes[predicted.label()]++;
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

    /** Removes the metrics from the registry. */
    @Override
    public synchronized void close() {
        registered.forEach(meters::remove);
        registered.clear();
    }
}
