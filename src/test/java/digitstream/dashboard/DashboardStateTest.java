package digitstream.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import digitstream.avro.Accuracy;
import digitstream.avro.LabelCounts;
import digitstream.avro.Prediction;
import digitstream.client.ConsumerLag;
import digitstream.settings.VerdictSettings;
import digitstream.testing.ManualClock;
import digitstream.verdict.Finding;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.Test;

class DashboardStateTest {
    private static final Instant NOON = Instant.parse("2026-01-31T12:00:00Z");

    private final ManualClock clock = new ManualClock(NOON);
    private final DashboardState state = state();
    private final TopicWatch.Listener listener = state.listener((prediction, atMillis) -> {});

    private DashboardState state() {
        Admin unused = (Admin) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Admin.class}, (of, method, with) -> {
                    throw new AssertionError("no broker is asked");
                });
        ConsumerLag lag = new ConsumerLag(unused, "group", Set.of("topic"), Duration.ofSeconds(1));
        return new DashboardState(
                clock,
                new LagWatch(lag, lag, clock),
                new Sample(),
                Duration.ofHours(1),
                VerdictSettings.DEFAULT,
                false,
                new StreamNames("brokers", "registry", "images"),
                false,
                () -> false);
    }

    private void predict(String version, double accuracy) {
        Prediction prediction = MistakesTest.prediction("i" + version, 3, 0.1f, clock.instant());
        prediction.setModelVersion(version);
        listener.predicted(prediction);
        listener.published(Accuracy.newBuilder()
                .setModelName("m")
                .setModelVersion(version)
                .setWindow("1m")
                .setWindowStart(NOON)
                .setWindowEnd(clock.instant())
                .setComputedAt(clock.instant())
                .setPredicted(1_000)
                .setLabelled(1_000)
                .setCorrect((long) (1_000 * accuracy))
                .setWrong(1_000 - (long) (1_000 * accuracy))
                .setPending(0)
                .setExpired(0)
                .setDuplicates(0)
                .setAccuracy(accuracy)
                .setAccuracyLow(accuracy - 0.01)
                .setAccuracyHigh(accuracy + 0.01)
                .setClasses(List.of())
                .setConfusion(List.of())
                .setConfidenceBins(List.of())
                .setLabels(new LabelCounts(0L, 0L, 0L, 0L, 0L, 0L, 0L))
                .build());
    }

    private List<String> accuracies() {
        return state.verdict().findings().stream()
                .filter(finding -> finding.rule().equals("accuracy-low"))
                .map(Finding::text)
                .toList();
    }

    /** In a rolling change, the old version still predicts. */
    @Test
    void judgesEachVersionThatPredicts() {
        predict("1", 0.5);
        predict("2", 0.98);
        state.tick(1);
        assertThat(accuracies()).containsExactly("m/1: Accuracy 50.0 % in the last minute");
        for (int second = 0; second < 61; second++) {
            clock.advance(Duration.ofSeconds(1));
            predict("2", 0.3);
            state.tick(1);
        }
        assertThat(accuracies())
                .as("the other one predicts no more")
                .containsExactly("Accuracy 30.0 % in the last minute");
    }
}
