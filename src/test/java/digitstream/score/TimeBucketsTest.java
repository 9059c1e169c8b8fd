package digitstream.score;

import static org.assertj.core.api.Assertions.assertThat;

import digitstream.settings.ScoreSettings;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class TimeBucketsTest {
    private final TimeBuckets buckets = TimeBuckets.of(ScoreSettings.DEFAULT);

    @Test
    void countsAnEventTimeInTheFutureAsNowAndAnOldOneSinceTheStartOnly() {
        long now = 1_700_000_005_000L;
        long bucket = 1_700_000_000_000L;
        assertThat(buckets.bucketOf(now, now)).isEqualTo(bucket);
        assertThat(buckets.bucketOf(Long.MAX_VALUE, now)).isEqualTo(bucket);
        assertThat(buckets.bucketOf(0, now)).isEqualTo(CountsKey.SINCE_START);
        assertThat(buckets.bucketOf(now - Duration.ofMinutes(59).toMillis(), now))
                .isLessThan(bucket);
    }
}
