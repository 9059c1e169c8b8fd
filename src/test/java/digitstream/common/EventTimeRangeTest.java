package digitstream.common;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EventTimeRangeTest {
    private static final Instant NOW = Instant.parse("2026-03-04T05:06:07.089Z");
    private static final EventTimeRange RANGE = EventTimeRange.DEFAULT;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2000-01-01T00:00:00Z",
                "2013-09-10T00:00:00Z",
                "2026-03-04T05:06:07.089Z",
                "2026-03-05T05:06:07.089Z"
            })
    void acceptsBothEndsAndWhatIsBetween(String time) {
        assertThat(fault(Instant.parse(time).toEpochMilli())).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "1772600767, is it in seconds?",
        "1772600767089000, is it in microseconds?",
        "1772600767089000000, is it in nanoseconds?",
        "0, set it to the time of the event",
        "-1, set it to the time of the event",
        "-62135596800000, set it to the time of the event",
        "-9223372036854775808, set it to the time of the event",
        "9223372036854775807, set it to the time of the event",
        "-9223372036854775807, set event.time.min",
        "9223372036854775806, the clock of its producer",
        "946684799999, set event.time.min",
        "1772687167090, the clock of its producer",
        "32503680000000, the clock of its producer",
        "-5, set event.time.min"
    })
    void namesTheLikelyCauseOfATimeOutside(long millis, String cause) {
        assertThat(fault(millis)).contains(cause);
    }

    @Test
    void saysWhichFieldWhichTimeAndWhichSetting() {
        assertThat(fault(1_772_600_767L))
                .isEqualTo("labelledAt is 1772600767, which is 1970-01-21T12:23:20.767Z, before 2000-01-01T00:00:00Z"
                        + " (event.time.min); is it in seconds? send milliseconds since 1970");
        assertThat(fault(32_503_680_000_000L))
                .contains("which is 3000-01-01T00:00:00Z, more than 86400000 ms in the future")
                .contains("(event.time.max.ahead.ms)");
    }

    @Test
    void acceptsOlderTimesIfItIsSetTo() {
        EventTimeRange old = new EventTimeRange(Instant.parse("1960-01-01T00:00:00Z"), Duration.ofMillis(1));
        assertThat(old.fault("eventTime", -1, NOW.toEpochMilli())).isEmpty();
        assertThat(old.fault("eventTime", 0, NOW.toEpochMilli())).isEmpty();
        assertThat(old.fault("eventTime", NOW.toEpochMilli() + 2, NOW.toEpochMilli()))
                .isPresent();
    }

    private static String fault(long millis) {
        return RANGE.fault("labelledAt", millis, NOW.toEpochMilli()).orElse("");
    }
}
