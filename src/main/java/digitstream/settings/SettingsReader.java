package digitstream.settings;

import digitstream.common.Durations;
import digitstream.common.EventTimeRange;
import java.net.URI;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Parses settings one by one and collects their faults. */
final class SettingsReader {
    /** Stricter than Kafka's rule for topic names (249 characters); also used for application ids. */
    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9._-]{1,200}");

    /** Kafka has no settings with these prefixes, so an unknown name with one of them is a typing error. */
    private static final List<String> OWN_PREFIXES = List.of(
            "batch.max.",
            "latency.",
            "inference.",
            "dead.letters.",
            "topic.",
            "topics.",
            "accuracy.",
            "challenge.",
            "models.",
            "event.time.",
            "unmatched.",
            "verdict.",
            "classify.application.",
            "score.application.");

    private final Map<String, String> remaining;
    private final Set<String> known = new HashSet<>();
    private final List<String> faults = new ArrayList<>();

    SettingsReader(Map<String, String> given) {
        this.remaining = new TreeMap<>(given);
    }

    String name(String setting, String defaultValue) {
        String value = take(setting, defaultValue);
        if (!NAME.matcher(value).matches() || value.equals(".") || value.equals("..")) {
            fault(setting + " is '" + value + "'; use 1 to 200 letters, digits, '.', '_' or '-'");
        }
        return value;
    }

    String topicName(String setting, String defaultValue) {
        return name(setting, defaultValue);
    }

    long wholeNumber(String setting, long defaultValue, long min, long max) {
        String value = take(setting, Long.toString(defaultValue));
        try {
            long number = Long.parseLong(value.trim());
            if (number >= min && number <= max) {
                return number;
            }
        } catch (NumberFormatException notANumber) {
            // Reported below.
        }
        fault(setting + " is '" + value + "'; set it to a whole number from " + min + " to " + max);
        return defaultValue;
    }

    double ratio(String setting, double defaultValue, double max) {
        String value = take(setting, Double.toString(defaultValue));
        try {
            double number = Double.parseDouble(value.trim());
            if (number >= 0 && number <= max) {
                return number;
            }
        } catch (NumberFormatException notANumber) {
            // Reported below.
        }
        fault(setting + " is '" + value + "'; set it to a number from 0 to " + (long) max);
        return defaultValue;
    }

    boolean flag(String setting, boolean defaultValue) {
        String value = take(setting, Boolean.toString(defaultValue)).trim();
        if (value.equals("true") || value.equals("false")) {
            return value.equals("true");
        }
        fault(setting + " is '" + value + "'; set it to true or false");
        return defaultValue;
    }

    /** A constant's name in lower case. */
    <E extends Enum<E>> E oneOf(String setting, E[] constants, E defaultValue) {
        String value = take(setting, text(defaultValue)).trim();
        for (E constant : constants) {
            if (text(constant).equals(value)) {
                return constant;
            }
        }
        fault(setting + " is '" + value + "'; set it to "
                + Stream.of(constants).map(SettingsReader::text).collect(Collectors.joining(" or ")));
        return defaultValue;
    }

    private static String text(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    Duration millis(String setting, Duration defaultValue) {
        return Duration.ofMillis(wholeNumber(
                setting, defaultValue.toMillis(), 1, Duration.ofDays(3650).toMillis()));
    }

    void requireDistinct(String prefix, List<String> names) {
        Set<String> seen = new HashSet<>();
        for (String name : names) {
            if (!seen.add(name)) {
                fault("two " + prefix + "* settings name the topic '" + name + "'; give each its own topic");
            }
        }
    }

    EventTimeRange eventTimes() {
        EventTimeRange defaultValue = EventTimeRange.DEFAULT;
        return new EventTimeRange(
                time("event.time.min", defaultValue.earliest()),
                millis("event.time.max.ahead.ms", defaultValue.maxAhead()));
    }

    /** A date, which starts at midnight UTC, or a time with its offset, both in ISO 8601 and of the years 1 to 9999. */
    private Instant time(String setting, Instant defaultValue) {
        String value = take(setting, defaultValue.toString()).trim();
        try {
            OffsetDateTime time = value.length() <= 10
                    ? LocalDate.parse(value).atStartOfDay().atOffset(ZoneOffset.UTC)
                    : OffsetDateTime.parse(value);
            if (time.getYear() >= 1 && time.getYear() <= 9999) {
                return time.toInstant();
            }
        } catch (DateTimeException notATime) {
            // Reported below.
        }
        fault(setting + " is '" + value + "'; set it to a date like 2000-01-01 or a time like 2000-01-01T00:00:00Z");
        return defaultValue;
    }

    ScoreSettings score(EventTimeRange eventTimes) {
        ScoreSettings defaultValue = ScoreSettings.DEFAULT;
        Map<String, Duration> windows = windows("accuracy.windows", defaultValue.windows());
        Duration bucket = millis("accuracy.bucket.ms", defaultValue.bucket());
        Duration publishInterval = millis("accuracy.publish.interval.ms", defaultValue.publishInterval());
        Duration retention = millis("unmatched.retention.ms", defaultValue.unmatchedRetention());
        boolean drawnDigits = flag("accuracy.drawn.digits", defaultValue.drawnDigits());
        try {
            return new ScoreSettings(windows, bucket, publishInterval, retention, eventTimes, drawnDigits);
        } catch (IllegalArgumentException e) {
            fault(String.valueOf(e.getMessage()));
            return defaultValue;
        }
    }

    ChallengeSettings challenge(Duration comparisonsRetention) {
        ChallengeSettings defaultValue = ChallengeSettings.DEFAULT;
        double alpha = ratio("challenge.alpha", defaultValue.alpha(), 1);
        int maxChallengers = (int) wholeNumber("challenge.max.challengers", defaultValue.maxChallengers(), 1, 100);
        try {
            return new ChallengeSettings(alpha, maxChallengers, comparisonsRetention);
        } catch (IllegalArgumentException e) {
            fault(String.valueOf(e.getMessage()));
            return defaultValue;
        }
    }

    ModelSettings models() {
        List<URI> allowed = new ArrayList<>();
        for (String place : take("models.allowed.uris", "").split(",", -1)) {
            if (!place.isBlank()) {
                ModelSettings.place(place.trim())
                        .ifPresentOrElse(
                                allowed::add,
                                () -> fault("models.allowed.uris contains '" + place.trim()
                                        + "'; use URLs like https://models.example.com/digits/, separated by commas"));
            }
        }
        return new ModelSettings(allowed, wholeNumber("models.max.bytes", 256_000_000, 1, 2_000_000_000));
    }

    VerdictSettings verdict() {
        VerdictSettings defaultValue = VerdictSettings.DEFAULT;
        return new VerdictSettings(
                ratio("verdict.accuracy.min", defaultValue.accuracyMin(), 1),
                ratio("verdict.accuracy.drop", defaultValue.accuracyDrop(), 1),
                wholeNumber("verdict.labelled.min", defaultValue.labelledMin(), 1, 1_000_000),
                ratio("verdict.estimate.min", defaultValue.estimateMin(), 1),
                ratio("verdict.estimate.gap", defaultValue.estimateGap(), 1),
                ratio("verdict.drift.max", defaultValue.driftMax(), 100),
                millis("verdict.no.predictions.ms", defaultValue.noPredictions()),
                millis("verdict.no.labels.ms", defaultValue.noLabels()),
                millis("verdict.behind.ms", defaultValue.behind()),
                millis("verdict.latency.max.ms", defaultValue.latencyMax()),
                wholeNumber("verdict.dead.letters.max", defaultValue.deadLettersMax(), 1, 1_000_000_000));
    }

    private Map<String, Duration> windows(String setting, Map<String, Duration> defaultValue) {
        String value = take(setting, String.join(",", defaultValue.keySet()));
        Map<String, Duration> windows = new LinkedHashMap<>();
        for (String window : value.split(",", -1)) {
            Optional<Duration> length = Durations.parse(window.trim());
            if (length.isEmpty()) {
                fault(setting + " contains '" + window
                        + "'; use durations like 30s, 1m, 12h or 7d, separated by commas");
                return defaultValue;
            }
            windows.put(window.trim(), length.get());
        }
        return windows;
    }

    void fault(String line) {
        faults.add(line);
    }

    /**
     * Adds a fault for each unknown name with one of our prefixes.
     *
     * @throws InvalidSettingsException if there are any faults
     */
    void finish() {
        for (String name : remaining.keySet()) {
            OWN_PREFIXES.stream()
                    .filter(name::startsWith)
                    .findFirst()
                    .ifPresent(prefix -> fault(name + " is not a setting; those that begin with " + prefix + " are "
                            + known.stream()
                                    .filter(setting -> setting.startsWith(prefix))
                                    .sorted()
                                    .collect(Collectors.joining(", "))));
        }
        if (!faults.isEmpty()) {
            throw new InvalidSettingsException(faults);
        }
    }

    /** The names that were asked for. */
    Set<String> known() {
        return Set.copyOf(known);
    }

    Map<String, String> rest() {
        return remaining;
    }

    private String take(String setting, String defaultValue) {
        known.add(setting);
        String value = remaining.remove(setting);
        return value == null ? defaultValue : value;
    }
}
