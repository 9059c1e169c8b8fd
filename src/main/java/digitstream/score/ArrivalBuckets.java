package digitstream.score;

import digitstream.common.SaturatedMath;
import digitstream.settings.ScoreSettings;

/**
 * The buckets of arrival time, by the scorer's clock. All states that were last touched in a bucket expire together, when the
 * retention has passed since its end. A bucket is named by its end, so that this holds after a change of the settings.
 */
record ArrivalBuckets(long widthMillis, long retentionMillis) {
    /** Up to how much longer than the retention a state is kept, as a share of it. */
    private static final int BUCKETS_PER_RETENTION = 60;

    static ArrivalBuckets of(ScoreSettings settings) {
        long retention = settings.unmatchedRetention().toMillis();
        return new ArrivalBuckets(Math.max(1, retention / BUCKETS_PER_RETENTION), retention);
    }

    /** The end of the bucket that contains this time, exclusive. */
    long endOf(long timeMillis) {
        return Math.floorDiv(timeMillis, widthMillis) * widthMillis + widthMillis;
    }

    /** The end of the bucket of an event: the current one. If the clock was set back, it is the first that has not expired. */
    long touched(long nowMillis, long expiredToMillis) {
        long end = endOf(nowMillis);
        return end > expiredToMillis ? end : endOf(expiredToMillis);
    }

    /** The buckets that end at this time or before have expired. */
    long expiredTo(long nowMillis) {
        return SaturatedMath.subtract(nowMillis, retentionMillis);
    }
}
