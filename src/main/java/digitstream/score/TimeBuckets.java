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
     * The bucket of an event time, which may be any number. An event time in the future counts as now, because clocks differ.
     *
     * @return the start of the bucket, or {@link CountsKey#SINCE_START}
     */
    long bucketOf(long eventTimeMillis, long nowMillis) {
        // Compared before it is rounded, which would overflow for the smallest numbers.
        return eventTimeMillis < oldest(nowMillis)
                ? CountsKey.SINCE_START
                : startOf(Math.min(eventTimeMillis, nowMillis));
    }

    /** The end of the bucket that contains this time, exclusive. */
    long endOfBucket(long timeMillis) {
        return startOf(timeMillis) + bucketMillis;
    }

    /**
     * Whether a bucket is older than the longest window, or so far in the future that it can only be a mistake: an older version
     * kept such buckets for impossible event times. A bucket that is a little ahead stays, because a clock may be set back.
     */
    boolean isRetired(long bucketStartMillis, long nowMillis) {
        return bucketStartMillis < oldest(nowMillis)
                || bucketStartMillis >= endOfBucket(nowMillis) + longestWindowMillis;
    }

    private long oldest(long nowMillis) {
        return endOfBucket(nowMillis) - longestWindowMillis;
    }

    private long startOf(long timeMillis) {
        return Math.floorDiv(timeMillis, bucketMillis) * bucketMillis;
    }
}
