package digitstream.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import digitstream.avro.Accuracy;
import digitstream.avro.LabelCounts;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class AccuracyHistoryTest {
    private static final Instant NOON = Instant.parse("2026-01-31T12:00:00Z");

    private final AccuracyHistory history = new AccuracyHistory();

    private static Accuracy figures(String version, String window, int second) {
        return Accuracy.newBuilder()
                .setModelName("m")
                .setModelVersion(version)
                .setWindow(window)
                .setWindowEnd(NOON)
                .setComputedAt(NOON.plusSeconds(second))
                .setPredicted(10)
                .setLabelled(8)
                .setCorrect(7)
                .setWrong(1)
                .setPending(2)
                .setExpired(0)
                .setDuplicates(0)
                .setAccuracy(second / 1e6)
                .setClasses(List.of())
                .setConfusion(List.of())
                .setConfidenceBins(List.of())
                .setLabels(new LabelCounts(0L, 0L, 0L, 0L, 0L, 0L))
                .build();
    }

    @Test
    void keepsALineForEachVersionAndWindow() {
        history.add(figures("1", "1m", 0));
        history.add(figures("1", "all", 0));
        history.add(figures("2", "all", 1));
        history.add(figures("2", "all", 2));
        assertThat(history.lines()).containsOnlyKeys("m/1/1m", "m/1/all", "m/2/all");
        assertThat(history.lines().get("m/2/all")).hasSize(2);
        assertThat(history.latest()).hasSize(3).contains(figures("2", "all", 2));
    }

    @Test
    void keepsADaysPointsEvenlySpacedInBoundedMemory() {
        int day = 86_400;
        for (int second = 0; second < day; second++) {
            history.add(figures("1", "all", second));
        }
        List<AccuracyHistory.Point> points = history.lines().get("m/1/all");
        assertThat(points).hasSizeBetween(400, 1_000);
        assertThat(points.get(0).atMillis()).isEqualTo(NOON.toEpochMilli());
        assertThat(points.get(points.size() - 1).atMillis())
                .isGreaterThan(NOON.plusSeconds(day - 300).toEpochMilli());
        long least = Long.MAX_VALUE;
        long most = 0;
        for (int i = 1; i < points.size(); i++) {
            long gap = points.get(i).atMillis() - points.get(i - 1).atMillis();
            least = Math.min(least, gap);
            most = Math.max(most, gap);
        }
        assertThat(most).isLessThanOrEqualTo(2 * least);
        // The latest record is that of the last second, whether it became a point or not.
        assertThat(history.latest()).containsExactly(figures("1", "all", day - 1));
    }

    @Test
    void forgetsTheVersionThatWasHeardOfLongestAgo() {
        for (int version = 0; version < 100; version++) {
            history.add(figures("v" + version, "all", version));
        }
        assertThat(history.lines()).hasSize(32).containsKey("m/v99/all").doesNotContainKey("m/v0/all");
    }
}
