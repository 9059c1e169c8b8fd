package digitstream.streams;

import static org.assertj.core.api.Assertions.assertThat;

import digitstream.testing.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class FailureHistoryTest {
    private final ManualClock clock = new ManualClock(Instant.parse("2026-01-01T12:00:00Z"));
    private final FailureHistory history = new FailureHistory(clock);

    @Test
    void namesTheLastFailureWithItsAgeForFiveMinutes() {
        assertThat(history.last()).isEmpty();
        history.add(at("offset 1 of t-0"));
        clock.advance(Duration.ofSeconds(12));
        assertThat(history.last()).hasValue("a stream thread failed 12 s ago: a cause");
        clock.advance(Duration.ofMinutes(5));
        assertThat(history.last()).isEmpty();
    }

    @Test
    void givesUpAtOnceAfterAPermanentFailure() {
        history.add(new ThreadFailure.Permanent("the disk is full; free space"));
        history.add(at("offset 1 of t-0"));
        assertThat(history.verdict()).hasValue("the disk is full; free space");
    }

    @Test
    void givesUpAfterThreeFailuresInOnePlace() {
        history.add(at("offset 1 of t-0"));
        history.add(at("offset 1 of t-1"));
        history.add(at("offset 1 of t-0"));
        assertThat(history.verdict()).isEmpty();
        history.add(at("offset 1 of t-0"));
        assertThat(history.verdict()).hasValueSatisfying(verdict -> assertThat(verdict)
                .startsWith("stream threads failed 3 times at offset 1 of t-0 (a cause)"));
    }

    @Test
    void forgetsFailuresThatAreOlderThanFiveMinutes() {
        history.add(at("offset 1 of t-0"));
        history.add(at("offset 1 of t-0"));
        clock.advance(Duration.ofMinutes(6));
        history.add(at("offset 1 of t-0"));
        assertThat(history.verdict()).isEmpty();
    }

    @Test
    void toleratesTemporaryFailuresButNotMoreThanTen() {
        for (int i = 0; i < 10; i++) {
            history.add(new ThreadFailure.Temporary("no broker"));
        }
        assertThat(history.verdict()).isEmpty();
        history.add(new ThreadFailure.Unexplained("odd", Optional.empty()));
        assertThat(history.verdict()).hasValueSatisfying(verdict -> assertThat(verdict)
                .startsWith("11 stream threads failed within 5 minutes, the last one with odd"));
    }

    private static ThreadFailure at(String place) {
        return new ThreadFailure.Unexplained("a cause", Optional.of(place));
    }
}
