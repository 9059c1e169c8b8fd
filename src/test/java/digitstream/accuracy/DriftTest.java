package digitstream.accuracy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class DriftTest {
    private static final List<Long> EVEN = Collections.nCopies(10, 500L);

    @Test
    void isZeroForEqualShares() {
        long[] same = new long[10];
        java.util.Arrays.fill(same, 50_000);
        assertThat(Drift.populationStabilityIndex(same, EVEN)).isCloseTo(0, within(1e-9));
    }

    @Test
    void matchesAHandComputedSum() {
        // Shares 0.6 and 0.4 against 0.5 and 0.5: 0.1 ln 1.2 - 0.1 ln 0.8 = 0.0405.
        assertThat(Drift.populationStabilityIndex(new long[] {600_000, 400_000}, List.of(500_000L, 500_000L)))
                .isCloseTo(0.0405465, within(1e-5));
    }

    @Test
    void isLargeButFiniteWhenOnlyOneDigitOccurs() {
        long[] ones = new long[10];
        ones[1] = 10_000;
        assertThat(Drift.populationStabilityIndex(ones, EVEN)).isBetween(5.0, 20.0);
    }

    @Test
    void isSmallForAStreamLikeTheValidationImages() {
        PredictionMix mix = new PredictionMix();
        java.util.Random random = new java.util.Random(3);
        for (int i = 0; i < Drift.MIN_IMAGES; i++) {
            mix.add(random.nextInt(10), 0.99, 0.98);
        }
        List<Long> bins = new java.util.ArrayList<>(Collections.nCopies(14, 0L));
        bins.add(5_000L);
        Baseline baseline = new Baseline(EVEN, bins, 1.2, 0.98);
        assertThat(baseline.classDrift(mix)).isLessThan(0.1);
        assertThat(baseline.confidenceDrift(mix)).isLessThan(0.1);
        assertThat(mix.estimatedAccuracy())
                .hasValueSatisfying(share -> assertThat(share).isCloseTo(0.98, within(1e-9)));
    }
}
