package digitstream.dashboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import digitstream.accuracy.PredictionMix;
import digitstream.common.DrawnId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TrafficTest {
    private static final long NOW = 1_800_000_000_000L;

    private final Traffic traffic = new Traffic(Duration.ofHours(1), false, model -> 1);

    private void predict(int label, float confidence, long latencyMillis, long nowMillis) {
        traffic.predicted(
                MistakesTest.prediction("a", label, confidence, Instant.ofEpochMilli(nowMillis - latencyMillis)),
                nowMillis);
    }

    @Test
    void countsEachSecondSeparately() {
        traffic.close(NOW, 1, LagWatch.UNKNOWN);
        for (int i = 1; i <= 100; i++) {
            predict(3, 0.5f, i, NOW + 500);
        }
        traffic.close(NOW + 2_000, 2, new LagWatch.Found(null, false, 12.5, Map.of(0, 3L, 1, 4L), Map.of(0, 9L), 0));
        traffic.close(NOW + 3_000, 1, LagWatch.UNKNOWN);

        Traffic.Second busy = traffic.seconds().get(1);
        assertThat(busy.out()).isEqualTo(50);
        assertThat(busy.in()).isEqualTo(12.5);
        assertThat(busy.lag()).isEqualTo(7);
        assertThat(busy.scoringLag()).isEqualTo(9);
        assertThat(busy.p50()).isEqualTo(50);
        assertThat(busy.p95()).isEqualTo(95);
        assertThat(busy.p99()).isEqualTo(99);
        assertThat(busy.batchSize()).isEqualTo(8);
        Traffic.Second idle = traffic.seconds().get(2);
        assertThat(idle.out()).isZero();
        assertThat(idle.p50()).isNull();
        assertThat(idle.batchSize()).isNull();
        assertThat(busy.aheadMillis()).isZero();
        assertThat(traffic.lastPredictionMillis()).isEqualTo(NOW + 500);
    }

    @Test
    void reportsHowFarEventTimesAreAhead() {
        predict(3, 0.5f, -250, NOW);
        predict(3, 0.5f, 10, NOW);
        traffic.close(NOW, 1, LagWatch.UNKNOWN);
        traffic.close(NOW + 1_000, 1, LagWatch.UNKNOWN);
        assertThat(traffic.seconds().get(0).aheadMillis()).isEqualTo(250);
        assertThat(traffic.seconds().get(0).p50()).isZero();
        assertThat(traffic.seconds().get(1).aheadMillis()).isZero();
    }

    @Test
    void sumsTheMixesOfTheLastMinute() {
        predict(3, 1f, 1, NOW);
        traffic.close(NOW, 1, LagWatch.UNKNOWN);
        for (int second = 1; second <= 60; second++) {
            predict(7, 0.06f, 1, NOW + 1_000L * second);
            predict(8, 0.07f, 1, NOW + 1_000L * second);
            traffic.close(NOW + 1_000L * second, 1, LagWatch.UNKNOWN);
        }
        PredictionMix mix = traffic.recentMixes().get("m/1");
        assertThat(mix.count()).isEqualTo(120);
        assertThat(mix.classes()[3]).isZero();
        assertThat(mix.classes()[7]).isEqualTo(60);
        assertThat(mix.confidenceBins()[0]).isEqualTo(60);
        assertThat(mix.confidenceBins()[1]).isEqualTo(60);
        assertThat(mix.meanConfidence().orElseThrow()).isCloseTo((0.06 + 0.07) / 2, within(1e-6));
    }

    @Test
    void sumsTheMixesOfTheLatestPredictions() {
        for (int second = 0; second < 70; second++) {
            for (int i = 0; i < 10; i++) {
                predict(second < 60 ? 3 : 7, 1f, 1, NOW);
            }
            traffic.close(NOW + 1_000L * second, 1, LagWatch.UNKNOWN);
        }
        assertThat(traffic.latestMix("m/1", 95).count()).isEqualTo(100);
        assertThat(traffic.latestMix("m/1", 95).classes()[7]).isEqualTo(100);
        assertThat(traffic.latestMix("m/1", 101).count()).isEqualTo(110);
        assertThat(traffic.latestMix("m/1", 10_000).count()).as("of a minute").isEqualTo(600);
        assertThat(traffic.latestMix("other/1", 1).count()).isZero();
    }

    @Test
    void findsEnoughPredictionsInAnHourAtALowRate() {
        for (int second = 0; second < 7_200; second++) {
            if (second % 5 == 0) {
                predict(second < 3_600 ? 3 : 7, 1f, 1, NOW);
            }
            traffic.close(NOW + 1_000L * second, 1, LagWatch.UNKNOWN);
        }
        PredictionMix mix = traffic.latestOfAnHour("m/1");
        assertThat(mix.count()).isBetween(500L, 520L);
        assertThat(mix.classes()[7]).isEqualTo(mix.count());
        assertThat(traffic.latestOfAnHour("other/1").count()).isZero();
    }

    @Test
    void forgetsPredictionsAfterAnHour() {
        predict(3, 1f, 1, NOW);
        for (int second = 0; second < 3_700; second++) {
            traffic.close(NOW + 1_000L * second, 1, LagWatch.UNKNOWN);
            if (second == 3_500) {
                assertThat(traffic.latestOfAnHour("m/1").count()).isOne();
            }
        }
        assertThat(traffic.latestOfAnHour("m/1").count()).isZero();
    }

    /** An estimate that may be worthless is not shown. */
    @Test
    void estimatesOnlyWithEnoughPredictionsToKnowWhatItIsWorth() {
        for (int i = 0; i < 499; i++) {
            predict(3, 0.5f, 1, NOW);
        }
        traffic.close(NOW, 1, LagWatch.UNKNOWN);
        assertThat(traffic.seconds().get(0).estimates()).isEmpty();
        predict(3, 0.5f, 1, NOW);
        traffic.close(NOW + 1_000, 1, LagWatch.UNKNOWN);
        assertThat(traffic.seconds().get(1).estimates()).containsOnlyKeys("m/1");
    }

    @Test
    void countsDrawnDigitsInTheEstimateIfAccuracyDoes() {
        Traffic scored = new Traffic(Duration.ofHours(1), true, model -> 1);
        for (Traffic each : List.of(traffic, scored)) {
            each.predicted(MistakesTest.prediction(DrawnId.next(), 3, 1f, Instant.ofEpochMilli(NOW)), NOW);
            each.close(NOW, 1, LagWatch.UNKNOWN);
        }
        assertThat(traffic.recentMixes().get("m/1").count()).isZero();
        assertThat(scored.recentMixes().get("m/1").count()).isOne();
    }

    @Test
    void keepsTheLast900Seconds() {
        for (int second = 0; second < 2_000; second++) {
            traffic.close(NOW + 1_000L * second, 1, LagWatch.UNKNOWN);
        }
        assertThat(traffic.seconds()).hasSize(900);
        assertThat(traffic.seconds().get(0).atMillis()).isEqualTo(NOW + 1_100_000);
        // Older ones are thinned to 1,000 in the hour of history.
        assertThat(traffic.history()).hasSizeBetween(900 + 270, 900 + 280);
        assertThat(traffic.history().get(0).atMillis()).isEqualTo(NOW);
    }
}
