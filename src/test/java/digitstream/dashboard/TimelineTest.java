package digitstream.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import digitstream.dashboard.Timeline.Event;
import digitstream.dashboard.Timeline.Kind;
import digitstream.verdict.Finding;
import digitstream.verdict.Level;
import digitstream.verdict.Verdict;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class TimelineTest {
    private static final long NOW = 1_800_000_000_000L;
    private static final Verdict OK = new Verdict(Level.OK, NOW, List.of());
    private static final Verdict CRITICAL = new Verdict(
            Level.CRITICAL, NOW, List.of(new Finding("accuracy-low", Level.CRITICAL, "Accuracy 29.9 %", NOW)));

    private final Timeline timeline = new Timeline(NOW, Duration.ofHours(6));
    private long now = NOW;

    private void seconds(int count, Verdict verdict, boolean brokersAway, boolean predicting) {
        for (int i = 0; i < count; i++) {
            now += 1_000;
            if (predicting) {
                predicted = now;
            }
            timeline.tick(now, verdict, brokersAway, predicted);
        }
    }

    private long predicted = -1;

    private List<Event> of(Kind kind) {
        return timeline.events().stream().filter(event -> event.kind() == kind).toList();
    }

    @Test
    void recordsAVerdictThatLastsAndWhenItBegan() {
        seconds(5, OK, false, true);
        seconds(2, CRITICAL, false, true);
        seconds(5, OK, false, true);
        assertThat(of(Kind.VERDICT)).extracting(Event::text).containsExactly("All is well");
        long began = now + 1_000;
        seconds(10, CRITICAL, false, true);
        assertThat(of(Kind.VERDICT)).hasSize(2);
        Event critical = of(Kind.VERDICT).get(1);
        assertThat(critical.level()).isEqualTo(Level.CRITICAL);
        assertThat(critical.text()).isEqualTo("Accuracy 29.9 %");
        assertThat(critical.atMillis()).isEqualTo(began);
    }

    @Test
    void recordsGapsWhenTheyEnd() {
        seconds(5, OK, false, true);
        long last = now;
        seconds(79, OK, false, false);
        assertThat(of(Kind.GAP)).isEmpty();
        seconds(5, OK, false, true);
        assertThat(of(Kind.GAP)).singleElement().satisfies(gap -> {
            assertThat(gap.fromMillis()).isEqualTo(last);
            assertThat(gap.atMillis()).isEqualTo(last + 80_000);
            assertThat(gap.text()).isEqualTo("No predictions for 80 s");
        });
        seconds(9, OK, false, false);
        seconds(1, OK, false, true);
        assertThat(of(Kind.GAP)).hasSize(1);
    }

    @Test
    void recordsForHowLongTheBrokersWereAway() {
        seconds(2, OK, false, true);
        seconds(33, OK, true, false);
        seconds(2, OK, false, false);
        assertThat(of(Kind.BROKERS)).singleElement().satisfies(outage -> assertThat(outage.text())
                .isEqualTo("Kafka did not respond for 33 s"));
    }

    @Test
    void tellsRestartsFromChangesOfTheModel() {
        timeline.started(new Releases.Start(NOW - Duration.ofHours(7).toMillis(), "lenet/1"), NOW);
        timeline.started(new Releases.Start(NOW - 2_000, "lenet/1"), NOW);
        timeline.started(new Releases.Start(NOW - 1_000, "lenet/2"), NOW);
        assertThat(timeline.events()).extracting(Event::kind).containsExactly(Kind.START, Kind.MODEL, Kind.DASHBOARD);
        assertThat(timeline.events().get(1).text())
                .isEqualTo("A serving process started with another model: lenet/2, after lenet/1");
    }

    @Test
    void keepsTheLatest() {
        for (int i = 0; i < 2 * Timeline.MAX_EVENTS; i++) {
            timeline.started(new Releases.Start(NOW + i, "lenet/" + i), NOW);
        }
        assertThat(timeline.events()).hasSize(Timeline.MAX_EVENTS);
        assertThat(timeline.latest(1).get(0).mark()).isEqualTo("lenet/" + (2 * Timeline.MAX_EVENTS - 1));
        assertThat(timeline.latest(2)).extracting(Event::id).isSorted();
    }
}
