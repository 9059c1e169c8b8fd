package digitstream.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import digitstream.avro.Accuracy;
import digitstream.avro.LabelCounts;
import java.time.Instant;
import java.util.List;
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
}
