package digitstream.score;

import digitstream.settings.ScoreSettings;
import java.time.Duration;

/**
 * The time buckets that images are counted in, by event time. A bucket is kept for as long as the longest window; what is older
 * counts since the start only.
 *
 * @param longestWindowMillis a multiple of the bucket's length
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
     * The bucket for an image of this event time. An event time in the future counts as now, so that one wrong clock does no
     * harm.
     *
     * @return the bucket's start, or {@link CountsKey#SINCE_START}
     */
    long bucketOf(long eventTimeMillis, long nowMillis) {
        long start = startOf(Math.min(eventTimeMillis, nowMillis));
        return isRetired(start, nowMillis) ? CountsKey.SINCE_START : start;
    }

    /** When the bucket that this time falls into ends. */
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
