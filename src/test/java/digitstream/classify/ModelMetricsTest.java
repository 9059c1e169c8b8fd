package digitstream.classify;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import digitstream.accuracy.Baseline;
import digitstream.accuracy.ModelVersion;
import digitstream.common.DrawnId;
import digitstream.testing.ManualClock;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ModelMetricsTest {
    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
    private static final int ENOUGH_IMAGES = 1_000;

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final ManualClock clock = new ManualClock(NOON);

    private ModelMetrics metrics(@Nullable Double temperature) {
        return metrics(temperature, false);
    }

    private ModelMetrics metrics(@Nullable Double temperature, boolean drawnDigits) {
        List<Long> bins = new ArrayList<>(Collections.nCopies(14, 0L));
        bins.add(5_000L);
        Baseline baseline = new Baseline(Collections.nCopies(10, 500L), bins, temperature, 0.99);
        return new ModelMetrics(meters, new ModelVersion("m", "1"), "", Optional.of(baseline), drawnDigits, clock);
    }

    private static void classify(ModelMetrics metrics, int count, int classes) {
        classify(metrics, count, classes, () -> "");
    }

    private static void classify(ModelMetrics metrics, int count, int classes, Supplier<String> ids) {
        List<PendingImage> images = new ArrayList<>();
        List<Classified> results = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            float[] probabilities = new float[10];
            Arrays.fill(probabilities, 0.001f);
            probabilities[i % classes] = 0.991f;
            images.add(new PendingImage(
                    new ConsumerRecord<>("t", 0, i, ids.get().getBytes(UTF_8), new byte[0]),
                    0,
                    NOON.toEpochMilli(),
                    new byte[784]));
            results.add(new Classified.Predicted(probabilities, 0, i % classes, NOON.toEpochMilli(), count));
        }
        metrics.classified(images, results);
    }

    private double value(String gauge) {
        return meters.get(gauge).gauge().value();
    }

    private double drift(String signal) {
        return meters.get("digits.drift.psi").tag("signal", signal).gauge().value();
    }

    @Test
    void reportsDriftOnceThereAreEnoughImages() {
        ModelMetrics metrics = metrics(1.0);
        classify(metrics, 100, 10);
        assertThat(drift("class")).isNaN();
        classify(metrics, ENOUGH_IMAGES, 10);
        assertThat(drift("class")).isCloseTo(0, within(1e-6));
        assertThat(drift("confidence")).isLessThan(0.1);
        classify(metrics, 20 * ENOUGH_IMAGES, 2);
        assertThat(drift("class")).isGreaterThan(0.25);
    }

    @Test
    void leavesDrawnDigitsOutAsAccuracyDoes() {
        classify(metrics(1.0), ENOUGH_IMAGES, 2, DrawnId::next);
        assertThat(value("digits.drift.images")).isZero();
        assertThat(value("digits.estimated.accuracy.ratio")).isNaN();
        assertThat(meters.get("digits.predictions").tag("class", "1").counter().count())
                .as("they are classified nevertheless")
                .isEqualTo(ENOUGH_IMAGES / 2.0);
    }

    @Test
    void countsDrawnDigitsIfAccuracyDoes() {
        classify(metrics(1.0, true), ENOUGH_IMAGES, 2, DrawnId::next);
        assertThat(value("digits.drift.images")).isEqualTo(ENOUGH_IMAGES);
        assertThat(drift("class")).isGreaterThan(0.25);
    }

    @Test
    void forgetsPredictionsOlderThanTenMinutes() {
        ModelMetrics metrics = metrics(1.0);
        classify(metrics, ENOUGH_IMAGES, 2);
        clock.advance(Duration.ofMinutes(9));
        assertThat(value("digits.drift.images")).isEqualTo(ENOUGH_IMAGES);
        clock.advance(Duration.ofMinutes(2));
        assertThat(value("digits.drift.images")).isZero();
        assertThat(value("digits.estimated.accuracy.ratio")).isNaN();
    }

    @Test
    void estimatesAccuracyFromCalibratedConfidence() {
        classify(metrics(2.0), ENOUGH_IMAGES, 10);
        double expected = Math.sqrt(0.991) / (Math.sqrt(0.991) + 9 * Math.sqrt(0.001));
        assertThat(value("digits.estimated.accuracy.ratio")).isCloseTo(expected, within(1e-4));
    }

    @Test
    void estimatesNoAccuracyForAnUncalibratedModel() {
        classify(metrics(null), ENOUGH_IMAGES, 10);
        assertThat(meters.find("digits.estimated.accuracy.ratio").gauge()).isNull();
        assertThat(drift("class")).isLessThan(0.1);
    }

    @Test
    void leavesNothingBehind() {
        ModelMetrics metrics = metrics(1.0);
        classify(metrics, ENOUGH_IMAGES, 10);
        metrics.close();
        assertThat(meters.getMeters()).isEmpty();
    }
}
