package digitstream.classify;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import digitstream.avro.DigitImage;
import digitstream.common.EventTimeRange;
import java.nio.ByteBuffer;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ImageCheckTest {
    private static final Instant NOW = Instant.parse("2026-03-04T05:06:07.089Z");

    private final ImageCheck check = new ImageCheck(28, 28, EventTimeRange.DEFAULT);

    @ParameterizedTest
    @CsvSource({
        "1772600767, is it in seconds?",
        "1772600767089000, is it in microseconds?",
        "1772600767089000000, is it in nanoseconds?",
        "-62135596800000, set it to the time of the event",
        "-9223372036854775808, set it to the time of the event",
        "9223372036854775807, set it to the time of the event",
        "1804136767089, the clock of its producer"
    })
    void rejectsAnImpossibleEventTimeWithTheLikelyCause(long millis, String cause) {
        assertThat(fault("a", "a", Instant.ofEpochMilli(millis))).contains("eventTime is " + millis, cause);
    }

    @Test
    void acceptsAnImageOfAProducerWhoseClockIsHoursAhead() {
        assertThat(fault("a", "a", NOW.plusSeconds(3 * 3_600))).isEmpty();
    }

    @Test
    void rejectsAnIdThatIsNotTheKeyOrTooLongInAShortLine() {
        assertThat(fault("b", "a", NOW)).isEqualTo("the record's key is not the image id 'a' in UTF-8");
        assertThat(fault("b", "x".repeat(200), NOW))
                .contains("(200 characters)")
                .hasSizeLessThan(200);
        assertThat(fault("b", "x".repeat(600_000), NOW)).contains("has 600000 characters");
    }

    private String fault(String key, String id, Instant eventTime) {
        return check.fault(
                        key.getBytes(UTF_8),
                        new DigitImage(id, 28, 28, ByteBuffer.wrap(new byte[784]), eventTime),
                        NOW.toEpochMilli())
                .orElse("");
    }
}
