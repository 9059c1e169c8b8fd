package digitstream.accuracy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class EstimatedAccuracyTest {
    private static final double VALIDATED = 0.99;
    private static final long VALIDATION_IMAGES = 5_000;

    private static EstimatedAccuracy estimate(double confidence, long images) {
        return EstimatedAccuracy.of(confidence, images, VALIDATED, VALIDATION_IMAGES);
    }

    private static double width(EstimatedAccuracy estimate) {
        return estimate.high() - estimate.low();
    }

    @Test
    void coversTheErrorsOfImagesLikeTheValidationImages() {
        Random random = new Random(1);
        for (int images : new int[] {500, 2_000, 10_000}) {
            int covered = 0;
            for (int run = 0; run < 1_000; run++) {
                // The validation images have shown a rate that is off by chance, and so are the calibrated confidences.
                double shown = 1 - share(random, VALIDATION_IMAGES, 0.01);
                EstimatedAccuracy estimate = EstimatedAccuracy.of(shown, images, shown, VALIDATION_IMAGES);
                double measured = 1 - share(random, images, 0.01);
                covered += estimate.low() <= measured && measured <= estimate.high() ? 1 : 0;
            }
            assertThat(covered).as("of 1,000, with %d images", images).isGreaterThan(940);
        }
    }

    private static double share(Random random, long images, double rate) {
        long errors = 0;
        for (long i = 0; i < images; i++) {
            errors += random.nextDouble() < rate ? 1 : 0;
        }
        return (double) errors / images;
    }

    @Test
    void isNarrowOnlyForManyImagesLikeTheValidationImages() {
        assertThat(width(estimate(0.99, 100_000))).isLessThan(0.007);
        assertThat(width(estimate(0.99, 500))).isGreaterThan(1.5 * width(estimate(0.99, 100_000)));
        assertThat(width(estimate(0.96, 100_000))).isGreaterThan(5 * width(estimate(0.99, 100_000)));
    }

    @Test
    void reachesTheAccuracyOfTheValidationImagesAndStaysWithinItsBounds() {
        for (double confidence = 0; confidence <= 1; confidence += 0.01) {
            EstimatedAccuracy estimate = estimate(confidence, 1_000);
            assertThat(estimate.low()).isBetween(0.0, confidence);
            assertThat(estimate.high()).isBetween(Math.max(confidence, VALIDATED), 1.0);
        }
    }

    @Test
    void hasARateForAModelWithoutErrors() {
        EstimatedAccuracy estimate = EstimatedAccuracy.of(1, 1_000, 1, 100);
        assertThat(estimate.accuracy()).isEqualTo(1);
        assertThat(estimate.low()).isEqualTo(0.999);
        assertThat(estimate.high()).isEqualTo(1);
        assertThat(EstimatedAccuracy.of(0.999, 1_000, 1, 100).low()).isBetween(0.9, 0.999);
    }

    @Test
    void needsACalibratedModelAndPredictions() {
        PredictionMix mix = new PredictionMix();
        assertThat(baseline(1.1).estimate(mix)).isEmpty();
        assertThat(mix.standardError()).isEmpty();
        for (int i = 0; i < 100; i++) {
            mix.add(i % 10, 0.9, i % 2 == 0 ? 0.9 : 0.8);
        }
        assertThat(baseline(null).estimate(mix)).isEmpty();
        assertThat(baseline(1.1).estimate(mix))
                .hasValueSatisfying(estimate -> assertThat(estimate.accuracy()).isCloseTo(0.85, within(1e-9)));
        assertThat(mix.standardError())
                .hasValueSatisfying(error -> assertThat(error).isCloseTo(0.05 / 10, within(1e-9)));
        PredictionMix twice = new PredictionMix();
        twice.add(mix);
        twice.add(mix);
        assertThat(twice.standardError())
                .hasValueSatisfying(error -> assertThat(error).isCloseTo(0.05 / Math.sqrt(200), within(1e-9)));
        assertThatThrownBy(() -> new Baseline(counts(10), counts(15), 1.1, Double.NaN))
                .hasMessage("the accuracy is NaN; it must be 0 to 1");
    }

    private static Baseline baseline(@Nullable Double temperature) {
        return new Baseline(counts(10), counts(15), temperature, VALIDATED);
    }

    private static List<Long> counts(int bins) {
        return Collections.nCopies(bins, VALIDATION_IMAGES / bins);
    }
}
