package digitstream.score;

import static org.assertj.core.api.Assertions.assertThat;

import digitstream.settings.ScoreSettings;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class TimeBucketsTest {
    private static final long NOW = 1_700_000_005_000L;
    private static final long BUCKET = 1_700_000_000_000L;

    private final TimeBuckets buckets = TimeBuckets.of(ScoreSettings.DEFAULT);

    @Test
    void countsAnEventTimeInTheFutureAsNowAndAnOldOneSinceTheStartOnly() {
        assertThat(buckets.bucketOf(NOW, NOW)).isEqualTo(BUCKET);
        assertThat(buckets.bucketOf(Long.MAX_VALUE, NOW)).isEqualTo(BUCKET);
        assertThat(buckets.bucketOf(0, NOW)).isEqualTo(CountsKey.SINCE_START);
        assertThat(buckets.bucketOf(NOW - Duration.ofMinutes(59).toMillis(), NOW))
                .isLessThan(BUCKET);
    }

    @Test
    void countsTheSmallestEventTimesSinceTheStartOnly() {
        for (long millis : new long[] {Long.MIN_VALUE, Long.MIN_VALUE + 1, Long.MIN_VALUE + 9_999, -1}) {
            assertThat(buckets.bucketOf(millis, NOW)).isEqualTo(CountsKey.SINCE_START);
        }
    }

    @Test
    void retiresBucketsThatOnlyAnImpossibleEventTimeCanHaveMade() {
        // What rounding the smallest long down to a bucket overflows to.
        long poisoned = Math.floorDiv(Long.MIN_VALUE, 10_000L) * 10_000L;
        assertThat(poisoned).isPositive();
        assertThat(buckets.isRetired(poisoned, NOW)).isTrue();
        assertThat(buckets.isRetired(Long.MAX_VALUE, NOW)).isTrue();
        assertThat(buckets.isRetired(BUCKET, NOW)).isFalse();
        // The clock was set back by half an hour.
        assertThat(buckets.isRetired(BUCKET + Duration.ofMinutes(30).toMillis(), NOW))
                .isFalse();
    }
}
