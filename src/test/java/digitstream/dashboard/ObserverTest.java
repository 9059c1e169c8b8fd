package digitstream.dashboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import digitstream.avro.Accuracy;
import digitstream.avro.LabelCounts;
import digitstream.avro.ModelRelease;
import digitstream.avro.ReleaseRole;
import digitstream.avro.ValidationBaseline;
import digitstream.settings.VerdictSettings;
import digitstream.verdict.Finding;
import digitstream.verdict.Judge;
import digitstream.verdict.Observation;
import digitstream.verdict.Observation.Estimated;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ObserverTest {
    private static final Instant NOON = Instant.parse("2026-01-31T12:00:00Z");

    private final Observer observer = new Observer(200);

    private static Accuracy figures(@Nullable Instant windowStart, long predicted, long labelled) {
        return Accuracy.newBuilder()
                .setModelName("lenet")
                .setModelVersion("1")
                .setWindow(windowStart == null ? "all" : "1m")
                .setWindowStart(windowStart)
                .setWindowEnd(NOON)
                .setComputedAt(NOON)
                .setPredicted(predicted)
                .setLabelled(labelled)
                .setCorrect(labelled)
                .setWrong(0)
                .setPending(predicted - labelled)
                .setExpired(0)
                .setDuplicates(0)
                .setClasses(List.of())
                .setConfusion(List.of())
                .setConfidenceBins(List.of())
                .setLabels(new LabelCounts(0L, 0L, 0L, 0L, 0L, 0L, 0L))
                .build();
    }

    private boolean unlabelled(int secondsLater, Accuracy... figures) {
        return observer.unlabelled(
                List.of(figures), NOON.plusSeconds(secondsLater).toEpochMilli());
    }

    @Test
    void callsAVersionUnlabelledIfItHasNeverHadALabel() {
        assertThat(unlabelled(1, figures(null, 200, 0))).isTrue();
        assertThat(unlabelled(1, figures(null, 199, 0)))
                .as("too few predictions")
                .isFalse();
        assertThat(unlabelled(1, figures(null, 200, 1))).isFalse();
        assertThat(unlabelled(31, figures(null, 200, 0)))
                .as("scoring has stopped")
                .isFalse();
        assertThat(unlabelled(1)).isFalse();
    }

    /** Labels that are late leave a short window without any. */
    @Test
    void doesNotMissLabelsInAWindow() {
        assertThat(unlabelled(1, figures(NOON.minusSeconds(60), 200, 0), figures(null, 10_000, 5_000)))
                .isFalse();
    }

    private static Releases releases() {
        Releases releases = new Releases();
        releases.add(
                ModelRelease.newBuilder()
                        .setRole(ReleaseRole.CHAMPION)
                        .setModelName("m")
                        .setModelVersion("1")
                        .setSha256("0".repeat(64))
                        .setStartedAt(NOON)
                        .setValidation(new ValidationBaseline(
                                5_000L, 0.99, Collections.nCopies(10, 500L), Collections.nCopies(15, 300L), 1.0))
                        .build(),
                NOON.toEpochMilli());
        return releases;
    }

    /** A prediction every 4 seconds for half an hour, all of one digit: as if all images were the same. */
    private static Traffic slowTraffic(int seconds) {
        Traffic traffic = new Traffic(Duration.ofHours(1), false, model -> 1);
        for (int second = 0; second < seconds; second++) {
            Instant now = NOON.plusSeconds(second);
            if (second % 4 == 0) {
                traffic.predicted(MistakesTest.prediction("i" + second, 3, 0.1f, now), now.toEpochMilli());
            }
            traffic.close(now.toEpochMilli(), 1, LagWatch.UNKNOWN);
        }
        return traffic;
    }

    @Test
    void judgesTheLatestImagesAtALowRate() {
        Optional<Releases.Release> release = releases().of("m/1");
        assertThat(Observer.estimated(slowTraffic(1_900), "m/1", release))
                .as("475 images are too few")
                .isEmpty();
        Estimated estimated =
                Observer.estimated(slowTraffic(2_100), "m/1", release).orElseThrow();
        assertThat(estimated.window()).startsWith("of the latest 5").endsWith(" images");
        assertThat(estimated.drift()).isGreaterThan(1);
    }

    @Test
    void saysNothingOfImagesBeforeTheLastMinute() {
        Traffic traffic = slowTraffic(2_100);
        for (int second = 2_100; second < 2_170; second++) {
            traffic.close(NOON.plusSeconds(second).toEpochMilli(), 1, LagWatch.UNKNOWN);
        }
        assertThat(Observer.estimated(traffic, "m/1", releases().of("m/1"))).isEmpty();
    }

    private Observation observe(Traffic traffic, long nowMillis) {
        return observer.observe(
                nowMillis,
                NOON.toEpochMilli(),
                nowMillis,
                traffic,
                new LagWatch.Found(null, false, 0.0, Map.of(), Map.of(0, 24_000L), 0),
                OptionalLong.empty(),
                0,
                Map.of(),
                List.of());
    }

    /** When traffic stops while scoring is stopped, the records still wait, and as long. */
    @Test
    void keepsTheRateOfRecordsWhenNoneComeAnyMore() {
        Traffic traffic = new Traffic(Duration.ofHours(1), false, model -> 1);
        long now = NOON.toEpochMilli();
        assertThat(observe(traffic, now).eventsPerSecond()).isEmpty();
        for (int second = 0; second < 300; second++) {
            now += 1_000;
            for (int i = 0; second < 60 && i < 400; i++) {
                traffic.unsampled(1, now);
            }
            traffic.close(now, 1, LagWatch.UNKNOWN);
            observe(traffic, now);
        }
        Observation seen = observe(traffic, now);
        assertThat(seen.predictionsPerSecond()).isZero();
        assertThat(seen.eventsPerSecond()).hasValueCloseTo(400 * 50 / 60.0, within(10.0));
        assertThat(new Judge(VerdictSettings.DEFAULT).judge(seen).findings())
                .extracting(Finding::rule)
                .contains("scoring-behind");
    }
}
