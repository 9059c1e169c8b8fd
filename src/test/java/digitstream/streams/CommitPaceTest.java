package digitstream.streams;

import static org.assertj.core.api.Assertions.assertThat;

import digitstream.testing.ManualClock;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class CommitPaceTest {
    private final ManualClock clock = new ManualClock(Instant.parse("2026-01-01T12:00:00Z"));
    private final CommitPace pace = new CommitPace(Duration.ofMillis(30), clock);

    @Test
    void isDueAtOnceAfterAPauseAndThenOncePerInterval() {
        assertThat(pace.isDue()).as("nothing to commit").isFalse();
        pace.polled(false);
        assertThat(pace.isDue()).isTrue();
        assertThat(pace.untilDue(500)).isZero();
        pace.committed();

        clock.advance(Duration.ofMillis(10));
        pace.polled(false);
        assertThat(pace.isDue()).isFalse();
        assertThat(pace.untilDue(500)).isEqualTo(20);
        assertThat(pace.untilDue(5)).isEqualTo(5);
        clock.advance(Duration.ofMillis(20));
        assertThat(pace.isDue()).isTrue();
    }

    @Test
    void isNeverDueWhileTheThreadLags() {
        pace.polled(true);
        clock.advance(Duration.ofSeconds(1));
        assertThat(pace.isDue()).isFalse();
        assertThat(pace.untilDue(500)).isEqualTo(500);
        pace.polled(false);
        assertThat(pace.isDue()).isTrue();
    }

    /** Otherwise a thread without partitions would poll without a pause for ever. */
    @Test
    void forgetsACommitThatNobodyAsksFor() {
        pace.polled(false);
        pace.committed();
        pace.polled(false);
        clock.advance(Duration.ofMillis(60));
        assertThat(pace.untilDue(500)).isZero();
        clock.advance(Duration.ofMillis(1));
        assertThat(pace.untilDue(500)).isEqualTo(500);
    }
}
