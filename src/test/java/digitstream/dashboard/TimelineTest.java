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
    void recordsGapsWhileTheyLastAndWhenTheyEnd() {
        seconds(5, OK, false, true);
        long last = now;
        seconds(79, OK, false, false);
        Event lasting = of(Kind.GAP).get(0);
        assertThat(lasting.ongoing()).isTrue();
        assertThat(lasting.text()).isEqualTo("No predictions");
        assertThat(lasting.fromMillis()).isEqualTo(last);
        assertThat(lasting.atMillis()).isEqualTo(now);
        seconds(5, OK, false, true);
        assertThat(of(Kind.GAP)).singleElement().satisfies(gap -> {
            assertThat(gap.id()).as("the same event").isEqualTo(lasting.id());
            assertThat(gap.ongoing()).isFalse();
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
        seconds(1, OK, true, false);
        assertThat(timeline.latest(0)).singleElement().satisfies(outage -> {
            assertThat(outage.ongoing()).isTrue();
            assertThat(outage.text()).isEqualTo("Kafka does not respond");
        });
        seconds(32, OK, true, false);
        assertThat(of(Kind.BROKERS)).hasSize(1);
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
        assertThat(timeline.events().get(1).text()).isEqualTo("The champion is another model: lenet/2, after lenet/1");
    }

    @Test
    void recordsTheStartOfEachProcessOnce() {
        timeline.served("host/1", NOW - 5_000, NOW);
        timeline.served("host/1", NOW - 5_000, NOW + 30_000);
        timeline.served("host/2", NOW - 1_000, NOW);
        timeline.served("host/3", NOW - Duration.ofHours(7).toMillis(), NOW);
        timeline.served("host/4", Long.MAX_VALUE, NOW);
        assertThat(of(Kind.START))
                .extracting(Event::text)
                .containsExactlyInAnyOrder("A serving process started: host/1", "A serving process started: host/2");
    }

    @Test
    void recordsAStartAtAnImpossibleTimeAsOfNowOrNotAtAll() {
        timeline.started(new Releases.Start(Long.MAX_VALUE, "lenet/1"), NOW);
        timeline.started(new Releases.Start(Long.MIN_VALUE, "lenet/2"), NOW);
        timeline.started(new Releases.Start(-1, "lenet/3"), NOW);
        assertThat(of(Kind.MODEL)).singleElement().satisfies(start -> {
            assertThat(start.atMillis()).isEqualTo(NOW);
            assertThat(start.mark()).isEqualTo("lenet/1");
        });
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
