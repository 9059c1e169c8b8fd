package digitstream.settings;

import digitstream.common.EventTimeRange;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The scoring of predictions.
 *
 * @param windows the rolling windows by name; the window {@value #SINCE_START} is always published as well
 * @param bucket the resolution of the windows, which advance by this much
 * @param publishInterval how often changed figures are published, by the wall clock
 * @param unmatchedRetention how long a prediction waits for its label and a label for its prediction; a matched pair is kept
 *     for the same time, for corrections
 * @param eventTimes the event times of predictions and the times of labels that are accepted
 * @param drawnDigits whether digits that people draw on the dashboard are scored too
 */
public record ScoreSettings(
        Map<String, Duration> windows,
        Duration bucket,
        Duration publishInterval,
        Duration unmatchedRetention,
        EventTimeRange eventTimes,
        boolean drawnDigits) {

    /**
     * The most buckets of the longest window. Each takes about 1.5 kB for each model version and partition, once in a partition
     * and once in the sum: with four partitions, 3,000 buckets take 36 MB a version.
     */
    static final long MAX_BUCKETS = 3_000;

    /** The name of the window since the start. */
    public static final String SINCE_START = "all";

    public static final ScoreSettings DEFAULT = new ScoreSettings(
            windows(Duration.ofMinutes(1), Duration.ofMinutes(10), Duration.ofHours(1)),
            Duration.ofSeconds(10),
            Duration.ofSeconds(1),
            Duration.ofHours(1),
            EventTimeRange.DEFAULT,
            false);

    public ScoreSettings {
        windows = Collections.unmodifiableMap(new LinkedHashMap<>(windows));
        long bucketMillis = bucket.toMillis();
        require(bucketMillis > 0, "accuracy.bucket.ms must be greater than 0");
        require(publishInterval.toMillis() > 0, "accuracy.publish.interval.ms must be greater than 0");
        require(unmatchedRetention.toMillis() > 0, "unmatched.retention.ms must be greater than 0");
        windows.forEach((name, window) -> {
            require(
                    !name.equals(SINCE_START),
                    "accuracy.windows contains '" + SINCE_START + "'; remove it, that window is always published");
            require(
                    window.toMillis() > 0 && window.toMillis() % bucketMillis == 0,
                    "accuracy.windows contains '" + name + "'; a window must be a multiple of accuracy.bucket.ms ("
                            + bucketMillis + ")");
        });
        requireFewBuckets(windows, bucketMillis);
    }

    private static void requireFewBuckets(Map<String, Duration> windows, long bucketMillis) {
        String longest = "";
        long longestMillis = 0;
        long commonMillis = 0;
        for (Map.Entry<String, Duration> window : windows.entrySet()) {
            long millis = window.getValue().toMillis();
            commonMillis = greatestCommonDivisor(millis, commonMillis);
            if (millis > longestMillis) {
                longestMillis = millis;
                longest = window.getKey();
            }
        }
        long buckets = longestMillis / bucketMillis;
        long leastMillis = Math.floorDiv(longestMillis - 1, MAX_BUCKETS) + 1;
        require(
                buckets <= MAX_BUCKETS,
                "accuracy.windows contains '" + longest + "', which is " + buckets + " times accuracy.bucket.ms ("
                        + bucketMillis + "); at most " + MAX_BUCKETS + " buckets are kept; "
                        + (commonMillis < leastMillis
                                ? "set accuracy.bucket.ms to " + leastMillis + " or more, and remove the windows that"
                                        + " are not a multiple of it"
                                : "set accuracy.bucket.ms to " + divisor(commonMillis, leastMillis)));
    }

    /** The smallest divisor of a number that is not below a minimum. */
    private static long divisor(long number, long minimum) {
        long parts = number / minimum;
        while (number % parts != 0) {
            parts--;
        }
        return number / parts;
    }

    private static long greatestCommonDivisor(long a, long b) {
        return b == 0 ? a : greatestCommonDivisor(b, a % b);
    }

    private static Map<String, Duration> windows(Duration oneMinute, Duration tenMinutes, Duration oneHour) {
        Map<String, Duration> windows = new LinkedHashMap<>();
        windows.put("1m", oneMinute);
        windows.put("10m", tenMinutes);
        windows.put("1h", oneHour);
        return windows;
    }

    private static void require(boolean holds, String fault) {
        if (!holds) {
            throw new IllegalArgumentException(fault);
        }
    }
}
