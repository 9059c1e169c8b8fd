package digitstream.accuracy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class AccuracyCountsTest {
    @Property(tries = 500)
    void subtractsExactlyWhatItAdded(
            @ForAll List<@IntRange(max = 99) Integer> cells,
            @ForAll @DoubleRange(max = 1) double confidence,
            @ForAll @LongRange(min = -5, max = 1L << 45) long delay) {
        AccuracyCounts counts = new AccuracyCounts();
        cells.forEach(cell -> counts.addLabelled(1, cell / 10, cell % 10, confidence, delay));
        assertThat(AccuracyCounts.fromBytes(counts.toBytes())).isEqualTo(counts);
        assertThat(counts.labelled()).isEqualTo(cells.size());
        cells.forEach(cell -> counts.addLabelled(-1, cell / 10, cell % 10, confidence, delay));
        assertThat(counts.isZero()).isTrue();
        assertThat(AccuracyCounts.fromBytes(counts.toBytes())).isEqualTo(counts);
    }

    @Test
    void serializesNegativeChanges() {
        AccuracyCounts change = new AccuracyCounts();
        change.addLabelled(-1, 3, 5, 0.7, 1_500);
        AccuracyCounts back = AccuracyCounts.fromBytes(change.toBytes());
        assertThat(back.confusion(3, 5)).isEqualTo(-1);
        assertThat(back).isEqualTo(change);
    }

    @Test
    void rejectsTruncatedBytes() {
        AccuracyCounts counts = new AccuracyCounts();
        counts.addPredicted();
        byte[] bytes = counts.toBytes();
        assertThatThrownBy(() -> AccuracyCounts.fromBytes(Arrays.copyOf(bytes, bytes.length - 1)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void putsABoundaryConfidenceIntoTheBinBelowIt() {
        AccuracyCounts counts = new AccuracyCounts();
        counts.addLabelled(1, 0, 0, 0.0, 0);
        counts.addLabelled(1, 0, 0, 1.0 / 15, 0);
        counts.addLabelled(1, 0, 0, 1.0 / 15 + 1e-6, 0);
        counts.addLabelled(1, 0, 0, 1.0, 0);
        assertThat(counts.binCount(0)).isEqualTo(2);
        assertThat(counts.binCount(1)).isEqualTo(1);
        assertThat(counts.binCount(14)).isEqualTo(1);
    }

    @Test
    void weightsTheCalibrationErrorByTheImagesOfEachBin() {
        AccuracyCounts counts = new AccuracyCounts();
        // Ten images at 0.95, eight correct: off by 0.15. Five at 0.55, four correct: off by 0.25.
        for (int i = 0; i < 10; i++) {
            counts.addLabelled(1, 1, i < 8 ? 1 : 2, 0.95, 0);
        }
        for (int i = 0; i < 5; i++) {
            counts.addLabelled(1, 1, i < 4 ? 1 : 2, 0.55, 0);
        }
        assertThat(counts.expectedCalibrationError().orElseThrow())
                .isCloseTo((10 * 0.15 + 5 * 0.25) / 15, within(1e-6));
        assertThat(counts.meanConfidence().orElseThrow()).isCloseTo((10 * 0.95 + 5 * 0.55) / 15, within(1e-6));
    }

    @Test
    void givesDelayQuantilesToAFactorOfTwo() {
        AccuracyCounts counts = new AccuracyCounts();
        for (int i = 0; i < 100; i++) {
            counts.addLabelled(1, 0, 0, 0.5, i < 90 ? 1_000 : 60_000);
        }
        assertThat(counts.delayMillis(0.5).orElseThrow()).isBetween(512.0, 1_024.0);
        assertThat(counts.delayMillis(0.95).orElseThrow()).isBetween(32_768.0, 65_536.0);
        assertThat(counts.meanDelayMillis().orElseThrow()).isCloseTo(6_900, within(1e-9));
        assertThat(new AccuracyCounts().delayMillis(0.5)).isEmpty();
    }

    @Test
    void stopsTheSumOfDelaysAtTheLargestLong() {
        AccuracyCounts counts = new AccuracyCounts();
        for (int i = 0; i < 3; i++) {
            counts.addLabelled(1, 0, 0, 0.5, Long.MAX_VALUE / 2);
        }
        assertThat(counts.meanDelayMillis().orElseThrow()).isEqualTo(Long.MAX_VALUE / 3.0);
        AccuracyCounts sum = new AccuracyCounts();
        sum.add(counts);
        sum.add(counts);
        assertThat(sum.labelled()).isEqualTo(6);
        assertThat(sum.meanDelayMillis().orElseThrow()).isPositive();
        for (int i = 0; i < 3; i++) {
            counts.addLabelled(-1, 0, 0, 0.5, Long.MAX_VALUE / 2);
        }
        counts.addLabelled(1, 0, 0, 0.5, Long.MIN_VALUE);
        assertThat(counts.meanDelayMillis().orElseThrow()).isNotNegative();
    }

    @Test
    void agreesWithPublishedWilsonIntervals() {
        // Newcombe, "Two-sided confidence intervals for the single proportion" (1998), table I, method 3.
        assertInterval(81, 263, 0.2553, 0.3662);
        assertInterval(15, 148, 0.0624, 0.1605);
        assertInterval(0, 20, 0.0000, 0.1611);
        assertInterval(1, 29, 0.0061, 0.1718);
        assertInterval(29, 29, 1 - 0.1170, 1.0000);
    }

    private static void assertInterval(long successes, long trials, double low, double high) {
        WilsonInterval interval = WilsonInterval.of(successes, trials);
        assertThat(interval.low()).isCloseTo(low, within(5.1e-5));
        assertThat(interval.high()).isCloseTo(high, within(5.1e-5));
    }
}
