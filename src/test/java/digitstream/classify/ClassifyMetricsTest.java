package digitstream.classify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import digitstream.accuracy.Baseline;
import digitstream.accuracy.ModelVersion;
import digitstream.avro.Prediction;
import digitstream.testing.ManualClock;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ClassifyMetricsTest {
    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
    private static final int ENOUGH_IMAGES = 1_000;

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final ManualClock clock = new ManualClock(NOON);

    private ClassifyMetrics metrics(@Nullable Double temperature) {
        List<Long> bins = new ArrayList<>(Collections.nCopies(14, 0L));
        bins.add(5_000L);
        Baseline baseline = new Baseline(Collections.nCopies(10, 500L), bins, temperature);
        return new ClassifyMetrics(meters, new ModelVersion("m", "1"), "", Optional.of(baseline), clock);
    }

    private static List<Classified> predictions(int count, int classes) {
        List<Classified> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            List<Float> probabilities = new ArrayList<>(Collections.nCopies(10, 0.001f));
            probabilities.set(i % classes, 0.991f);
            all.add(new Classified.Predicted(new Prediction(
                    "i" + i, i % classes, 0.991f, probabilities, "m", "1", "t", 0, 0L, NOON, NOON, count)));
        }
        return all;
    }

    private double value(String gauge) {
        return meters.get(gauge).gauge().value();
    }

    private double drift(String signal) {
        return meters.get("digits.drift.psi").tag("signal", signal).gauge().value();
    }

    @Test
    void reportsDriftOnceThereAreEnoughImages() {
        ClassifyMetrics metrics = metrics(1.0);
        metrics.classified(predictions(100, 10));
        assertThat(drift("class")).isNaN();
        metrics.classified(predictions(ENOUGH_IMAGES, 10));
        assertThat(drift("class")).isCloseTo(0, within(1e-6));
        assertThat(drift("confidence")).isLessThan(0.1);
        metrics.classified(predictions(20 * ENOUGH_IMAGES, 2));
        assertThat(drift("class")).isGreaterThan(0.25);
    }

    @Test
    void forgetsPredictionsOlderThanTenMinutes() {
        ClassifyMetrics metrics = metrics(1.0);
        metrics.classified(predictions(ENOUGH_IMAGES, 2));
        clock.advance(Duration.ofMinutes(9));
        assertThat(value("digits.drift.images")).isEqualTo(ENOUGH_IMAGES);
        clock.advance(Duration.ofMinutes(2));
        assertThat(value("digits.drift.images")).isZero();
        assertThat(value("digits.estimated.accuracy.ratio")).isNaN();
    }

    @Test
    void estimatesAccuracyFromCalibratedConfidence() {
        metrics(2.0).classified(predictions(ENOUGH_IMAGES, 10));
        double expected = Math.sqrt(0.991) / (Math.sqrt(0.991) + 9 * Math.sqrt(0.001));
        assertThat(value("digits.estimated.accuracy.ratio")).isCloseTo(expected, within(1e-4));
    }

    @Test
    void estimatesNoAccuracyForAnUncalibratedModel() {
        metrics(null).classified(predictions(ENOUGH_IMAGES, 10));
        assertThat(meters.find("digits.estimated.accuracy.ratio").gauge()).isNull();
        assertThat(drift("class")).isLessThan(0.1);
    }
}
