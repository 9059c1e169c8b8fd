package digitstream.settings;

import digitstream.common.Durations;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Takes settings out of what the user gave, and collects what is wrong with them. */
final class SettingsReader {
    /** Kafka's own rule for the names of topics, and a good one for groups. */
    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9._-]{1,200}");

    /** A name that starts so and is not one of ours is a slip: Kafka has no setting of these prefixes. */
    private static final List<String> OURS = List.of(
            "batch.max.",
            "topic.",
            "topics.",
            "accuracy.",
            "unmatched.",
            "classify.application.",
            "score.application.");

    private final Map<String, String> left;
    private final Set<String> known = new HashSet<>();
    private final List<String> faults = new ArrayList<>();

    SettingsReader(Map<String, String> given) {
        this.left = new TreeMap<>(given);
    }

    String name(String setting, String byDefault) {
        String value = take(setting, byDefault);
        if (!NAME.matcher(value).matches() || value.equals(".") || value.equals("..")) {
            fault(setting + " is '" + value + "'; give 1 to 200 letters, digits, '.', '_' or '-'");
        }
        return value;
    }

    String topicName(String setting, String byDefault) {
        return name(setting, byDefault);
    }

    long wholeNumber(String setting, long byDefault, long min, long max) {
        String value = take(setting, Long.toString(byDefault));
        try {
            long number = Long.parseLong(value.trim());
            if (number >= min && number <= max) {
                return number;
            }
        } catch (NumberFormatException notANumber) {
            // The fault below says so.
        }
        fault(setting + " is '" + value + "'; give a whole number from " + min + " to " + max);
        return byDefault;
    }

    Duration millis(String setting, Duration byDefault) {
        return Duration.ofMillis(wholeNumber(
                setting, byDefault.toMillis(), 1, Duration.ofDays(3650).toMillis()));
    }

    void requireDistinct(String prefix, List<String> names) {
        Set<String> seen = new HashSet<>();
        for (String name : names) {
            if (!seen.add(name)) {
                fault("two of the settings " + prefix + "* name the topic '" + name + "'; give each its own");
            }
        }
    }

    ScoreSettings score() {
        ScoreSettings byDefault = ScoreSettings.DEFAULT;
        Map<String, Duration> windows = windows("accuracy.windows", byDefault.windows());
        Duration bucket = millis("accuracy.bucket.ms", byDefault.bucket());
        Duration publishInterval = millis("accuracy.publish.interval.ms", byDefault.publishInterval());
        Duration retention = millis("unmatched.retention.ms", byDefault.unmatchedRetention());
        try {
            return new ScoreSettings(windows, bucket, publishInterval, retention);
        } catch (IllegalArgumentException e) {
            fault(String.valueOf(e.getMessage()));
            return byDefault;
        }
    }

    private Map<String, Duration> windows(String setting, Map<String, Duration> byDefault) {
        String value = take(setting, String.join(",", byDefault.keySet()));
        Map<String, Duration> windows = new LinkedHashMap<>();
        for (String window : value.split(",", -1)) {
            Optional<Duration> length = Durations.parse(window.trim());
            if (length.isEmpty()) {
                fault(setting + " has '" + window + "'; give spans like 30s, 1m, 12h or 7d, separated by commas");
                return byDefault;
            }
            windows.put(window.trim(), length.get());
        }
        return windows;
    }

    void fault(String line) {
        faults.add(line);
    }

    /** Throws where anything was wrong, slips in names among it. */
    void finish() {
        left.keySet().stream()
                .filter(name -> OURS.stream().anyMatch(name::startsWith))
                .forEach(name -> fault(name + " is no setting; the ones of that kind are "
                        + String.join(", ", known.stream().sorted().toList())));
        if (!faults.isEmpty()) {
            throw new InvalidSettingsException(faults);
        }
    }

    /** The names that were asked for. */
    Set<String> known() {
        return Set.copyOf(known);
    }

    Map<String, String> rest() {
        return left;
    }

    private String take(String setting, String byDefault) {
        known.add(setting);
        String value = left.remove(setting);
        return value == null ? byDefault : value;
    }
}
