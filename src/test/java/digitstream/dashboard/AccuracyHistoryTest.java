package digitstream.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import digitstream.accuracy.PredictionMix;
import digitstream.avro.Accuracy;
import digitstream.avro.LabelCounts;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AccuracyHistoryTest {
    private static final Instant NOON = Instant.parse("2026-01-31T12:00:00Z");

    private static final Duration HISTORY = Duration.ofHours(6);
    private static final int HISTORY_SECONDS = 21_600;

    private final AccuracyHistory history = new AccuracyHistory(HISTORY);

    private void add(Accuracy figures) {
        history.add(figures, figures.getComputedAt().toEpochMilli());
    }

    private List<AccuracyHistory.Point> line(String key, int second) {
        return history.lines(millis(second)).get(key);
    }

    private static long millis(int second) {
        return NOON.plusSeconds(second).toEpochMilli();
    }

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
                .setLabels(new LabelCounts(0L, 0L, 0L, 0L, 0L, 0L, 0L))
                .build();
    }

    @Test
    void keepsALineForEachVersionAndWindow() {
        add(figures("1", "1m", 0));
        add(figures("1", "all", 0));
        add(figures("2", "all", 1));
        add(figures("2", "all", 2));
        assertThat(history.lines(millis(2))).containsOnlyKeys("m/1/1m", "m/1/all", "m/2/all");
        assertThat(line("m/2/all", 2)).hasSize(2);
        assertThat(history.latest()).hasSize(3).contains(figures("2", "all", 2));
        assertThat(history.lastUpdated()).contains("m/2");
    }

    @Test
    void keepsAllPointsOfTheLast15MinutesAndAThousandOlderOnes() {
        int day = 86_400;
        for (int second = 0; second < day; second++) {
            add(figures("1", "all", second));
        }
        List<AccuracyHistory.Point> points = line("m/1/all", day);
        assertThat(points).hasSizeBetween(1_800, 1_901);
        assertThat(points.get(0).atMillis())
                .isBetween(millis(day - HISTORY_SECONDS), millis(day - HISTORY_SECONDS + 30));
        for (int i = 1; i < points.size(); i++) {
            long gap = points.get(i).atMillis() - points.get(i - 1).atMillis();
            assertThat(gap).isBetween(1_000L, points.get(i).atMillis() > millis(day - 900) ? 1_000L : 22_000L);
        }
        assertThat(history.latest()).containsExactly(figures("1", "all", day - 1));
    }

    @Test
    void dropsPointsOlderThanTheHistoryButKeepsTheLatestFigures() {
        add(figures("1", "all", 0));
        assertThat(line("m/1/all", HISTORY_SECONDS)).hasSize(1);
        assertThat(history.lines(millis(HISTORY_SECONDS + 1))).isEmpty();
        assertThat(history.latest()).containsExactly(figures("1", "all", 0));
        assertThat(history.knows("m/1")).isTrue();
    }

    @Test
    void continuesWhenAClockIsSetBack() {
        add(figures("1", "all", 100));
        add(figures("1", "all", 101));
        add(figures("1", "all", 50));
        add(figures("1", "all", 51));
        assertThat(line("m/1/all", 101))
                .extracting(AccuracyHistory.Point::atMillis)
                .containsExactly(millis(50), millis(51));
    }

    @Test
    void updatesHoldTheRequestedVersionAndRecentlyUpdatedOnes() {
        add(figures("1", "all", 0));
        add(figures("2", "all", 0));
        add(figures("3", "all", 100));
        assertThat(history.updates("m/1", millis(101)))
                .containsExactlyInAnyOrder(figures("1", "all", 0), figures("3", "all", 100));
    }

    @Test
    void removesTheVersionUpdatedLongestAgoWithAllItsWindows() {
        for (int version = 0; version < 100; version++) {
            for (String window : List.of("1m", "10m", "1h", "all")) {
                add(figures("v" + version, window, version));
            }
        }
        assertThat(history.lines(millis(100)))
                .hasSize(64)
                .containsKeys("m/v99/all", "m/v84/1m")
                .doesNotContainKeys("m/v83/all");
    }

    @Test
    void inServiceIsTheModelStartedLastIfItPredictsElseTheBusiest() {
        List<Releases.Start> starts = List.of(new Releases.Start(0, "m/1"), new Releases.Start(1, "m/2"));
        Map<String, PredictionMix> mixes = Map.of("m/1", mix(9), "m/2", mix(1), "m/3", mix(5));
        assertThat(DashboardState.inService(starts, mixes, history)).contains("m/2");
        assertThat(DashboardState.inService(List.of(), mixes, history)).contains("m/1");
        assertThat(DashboardState.inService(starts, Map.of(), history)).isEmpty();
        add(figures("2", "all", 0));
        add(figures("1", "all", 1));
        assertThat(DashboardState.inService(starts, Map.of(), history)).contains("m/2");
        assertThat(DashboardState.inService(List.of(), Map.of(), history)).contains("m/1");
    }

    private static PredictionMix mix(int count) {
        PredictionMix mix = new PredictionMix();
        for (int i = 0; i < count; i++) {
            mix.add(1, 1, 1);
        }
        return mix;
    }
}
