package digitstream.settings;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How predictions are scored.
 *
 * @param windows the rolling horizons, by the name that stands in their records; beside them there is always one since the
 *     start
 * @param bucket how finely time is kept: a window moves on by as much
 * @param publishInterval how often figures that changed are published, by the wall clock
 * @param unmatchedRetention how long a prediction waits for its label and a label for its prediction; a matched pair is
 *     kept as long, for corrections
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
        require(bucketMillis > 0, "accuracy.bucket.ms must be over 0");
        require(publishInterval.toMillis() > 0, "accuracy.publish.interval.ms must be over 0");
        require(unmatchedRetention.toMillis() > 0, "unmatched.retention.ms must be over 0");
        windows.forEach((name, window) -> {
            require(
                    !name.equals(SINCE_START),
                    "accuracy.windows must not have '" + SINCE_START + "', which is always there");
            require(
                    window.toMillis() > 0 && window.toMillis() % bucketMillis == 0,
                    "accuracy.windows has '" + name + "', which is not a multiple of accuracy.bucket.ms ("
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
