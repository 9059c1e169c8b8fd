package digitstream.score;

import static org.assertj.core.api.Assertions.assertThat;

import digitstream.accuracy.AccuracyCounts;
import digitstream.accuracy.LabelOutcomes;
import digitstream.accuracy.ModelVersion;
import digitstream.avro.Accuracy;
import digitstream.avro.LabelCounts;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.distribution.CountAtBucket;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ScoreMetricsTest {
    private static final ModelVersion MODEL = new ModelVersion("m", "1");

    // Not the Prometheus registry, whose counters ignore negative amounts.
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final ScoreMetrics metrics = new ScoreMetrics(meters);

    @Test
    void showsTheLastPublishedFigures() {
        metrics.published("m/1/all", figures("all", 8, 0.75));
        metrics.published("m/1/1h", figures("1h", 4, null));
        assertThat(gauge("digits.accuracy.labelled", "all")).isEqualTo(8);
        assertThat(gauge("digits.accuracy.ratio", "all")).isEqualTo(0.75);
        assertThat(gauge("digits.accuracy.ratio", "1h")).isNaN();

        metrics.published("m/1/all", figures("all", 16, 0.5));
        assertThat(gauge("digits.accuracy.labelled", "all")).isEqualTo(16);
        assertThat(gauge("digits.accuracy.ratio", "all")).isEqualTo(0.5);
        assertThat(gauge("digits.accuracy.labelled", "1h")).isEqualTo(4);
    }

    @Test
    void removesTheFiguresWhenAnotherProcessTakesOver() {
        int before = meters.getMeters().size();
        metrics.published("m/1/all", figures("all", 8, 0.75));
        metrics.published("m/1/1h", figures("1h", 4, 0.25));
        assertThat(meters.getMeters()).hasSizeGreaterThan(before);

        metrics.retract();
        assertThat(meters.getMeters()).hasSize(before);
        assertThat(meters.find("digits.accuracy.ratio").gauges()).isEmpty();

        metrics.published("m/1/all", figures("all", 32, 1.0));
        assertThat(gauge("digits.accuracy.labelled", "all")).isEqualTo(32);
    }

    @Test
    void countsACorrectedLabelInBothCells() {
        metrics.counted(MODEL, change(1, 3, 5, 100), 0);
        assertThat(confusion(3, 5)).isEqualTo(1);

        AccuracyCounts correction = change(-1, 3, 5, 100);
        correction.add(change(1, 5, 5, 200));
        metrics.counted(MODEL, correction, 0);
        assertThat(confusion(3, 5)).isEqualTo(1);
        assertThat(confusion(5, 5)).isEqualTo(1);
        assertThat(meters.get("digits.confusion").counters().stream()
                        .mapToDouble(cell -> cell.count())
                        .sum())
                .isEqualTo(2);
    }

    @Test
    void countsLabelOutcomesAndNeverDecreases() {
        metrics.labelled(new LabelOutcomes(10, 4, 3, 1, 1, 1));
        metrics.labelled(new LabelOutcomes(1, -1, 0, 0, 0, 1));
        assertThat(labels("matched")).isEqualTo(4);
        assertThat(labels("orphaned")).isEqualTo(1);
        assertThat(labels("duplicate")).isEqualTo(1);
        assertThat(labels("corrected")).isEqualTo(2);
    }

    @Test
    void countsEachLabelsDelayInTheBucketThatHoldsIt() {
        PrometheusMeterRegistry prometheus = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        ScoreMetrics published = new ScoreMetrics(prometheus);
        AccuracyCounts labels = new AccuracyCounts();
        long[] delays = {0, 1, 3, 7, 8, 31, 120, 120, 500, 10_000_000};
        for (long delay : delays) {
            labels.add(change(1, 3, 3, delay));
        }
        published.counted(MODEL, labels, 0);
        // Subtracting a label keeps its delay.
        published.counted(MODEL, change(-1, 3, 3, 120), 0);

        Timer delay = prometheus.get("digits.label.delay").timer();
        Map<Long, Long> upTo = new LinkedHashMap<>();
        for (CountAtBucket bucket : delay.takeSnapshot().histogramCounts()) {
            upTo.put(Math.round(bucket.bucket(TimeUnit.MILLISECONDS)), Math.round(bucket.count()));
        }
        assertThat(upTo)
                .containsEntry(2L, 2L)
                .containsEntry(8L, 4L)
                .containsEntry(32L, 6L)
                .containsEntry(128L, 8L)
                .containsEntry(512L, 9L)
                .containsEntry(1L << 23, 9L)
                .containsEntry(1L << 25, 10L);
        assertThat(delay.count()).isEqualTo(delays.length);
    }

    /** The counts of one label, added or subtracted. */
    private static AccuracyCounts change(int sign, int actual, int predicted, long delayMillis) {
        AccuracyCounts change = new AccuracyCounts();
        change.addLabelled(sign, actual, predicted, 0.9, delayMillis);
        return change;
    }

    private static Accuracy figures(String window, long labelled, @Nullable Double accuracy) {
        return Accuracy.newBuilder()
                .setModelName("m")
                .setModelVersion("1")
                .setWindow(window)
                .setWindowEnd(Instant.EPOCH)
                .setComputedAt(Instant.EPOCH)
                .setPredicted(2 * labelled)
                .setLabelled(labelled)
                .setCorrect(0)
                .setWrong(labelled)
                .setPending(labelled)
                .setExpired(0)
                .setDuplicates(0)
                .setAccuracy(accuracy)
                .setClasses(List.of())
                .setConfusion(Collections.nCopies(100, 0L))
                .setConfidenceBins(List.of())
                .setLabels(new LabelCounts(0L, 0L, 0L, 0L, 0L, 0L, 0L))
                .build();
    }

    private double gauge(String name, String window) {
        return meters.get(name).tag("window", window).gauge().value();
    }

    private double confusion(int actual, int predicted) {
        return meters.get("digits.confusion")
                .tags("actual", Integer.toString(actual), "predicted", Integer.toString(predicted))
                .counter()
                .count();
    }

    private double labels(String outcome) {
        return meters.get("digits.labels").tag("outcome", outcome).counter().count();
    }
}
