package digitstream.settings;

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
 */
public record ScoreSettings(
        Map<String, Duration> windows, Duration bucket, Duration publishInterval, Duration unmatchedRetention) {

    /** The name of the window since the start. */
    public static final String SINCE_START = "all";

    public static final ScoreSettings DEFAULT = new ScoreSettings(
            windows(Duration.ofMinutes(1), Duration.ofMinutes(10), Duration.ofHours(1)),
            Duration.ofSeconds(10),
            Duration.ofSeconds(1),
            Duration.ofHours(1));

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
