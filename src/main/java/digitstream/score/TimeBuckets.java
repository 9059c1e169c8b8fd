package digitstream.score;

import digitstream.settings.ScoreSettings;
import java.time.Duration;

/**
 * The event-time buckets in which images are counted. A bucket is kept for the longest window; older images count since the
 * start only.
 *
 * @param longestWindowMillis a multiple of bucketMillis
 */
record TimeBuckets(long bucketMillis, long longestWindowMillis) {

    static TimeBuckets of(ScoreSettings settings) {
        return new TimeBuckets(
                settings.bucket().toMillis(),
                settings.windows().values().stream()
                        .mapToLong(Duration::toMillis)
                        .max()
                        .orElse(0));
    }

    /**
     * The bucket of an event time. An event time in the future counts as now, so that a wrong clock does no harm.
     *
     * @return the start of the bucket, or {@link CountsKey#SINCE_START}
     */
    long bucketOf(long eventTimeMillis, long nowMillis) {
        long start = startOf(Math.min(eventTimeMillis, nowMillis));
        return isRetired(start, nowMillis) ? CountsKey.SINCE_START : start;
    }

    /** The end of the bucket that contains this time, exclusive. */
    long endOfBucket(long timeMillis) {
        return startOf(timeMillis) + bucketMillis;
    }

    /** Whether a bucket is older than the longest window. */
    boolean isRetired(long bucketStartMillis, long nowMillis) {
        return bucketStartMillis < endOfBucket(nowMillis) - longestWindowMillis;
    }

    private long startOf(long timeMillis) {
        return Math.floorDiv(timeMillis, bucketMillis) * bucketMillis;
    }
}
