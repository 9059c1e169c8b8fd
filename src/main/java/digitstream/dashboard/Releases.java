package digitstream.dashboard;

import digitstream.accuracy.Baseline;
import digitstream.accuracy.ModelVersion;
import digitstream.accuracy.RecordFaults;
import digitstream.avro.ModelRelease;
import digitstream.avro.ReleaseRole;
import digitstream.avro.ValidationBaseline;
import digitstream.common.EventTimeRange;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The champions and validation baselines from digits.models. Thread-safe. */
final class Releases {
    private static final Logger LOG = LoggerFactory.getLogger(Releases.class);
    private static final int MAX_STARTS = 200;
    private static final int MAX_MODELS = 64;

    private final Deque<Start> starts = new ArrayDeque<>();
    private final Map<String, Release> models = new LinkedHashMap<>();

    /**
     * The release of a champion.
     *
     * @param model {@code <name>/<version>}
     */
    record Start(long atMillis, String model) {}

    /** The validation figures of a model, and the baseline for drift made from them. */
    record Release(ValidationBaseline validation, Baseline baseline) {}

    /** The fault of a release, or empty if it is valid. */
    static Optional<String> fault(ModelRelease release, long nowMillis) {
        if (!RecordFaults.isValid(new ModelVersion(release.getModelName(), release.getModelVersion()))) {
            return Optional.of("the model name or version is empty, too long, or contains '/' or a control character");
        }
        long started = release.getStartedAt().toEpochMilli();
        return EventTimeRange.DEFAULT.contains(started, nowMillis)
                ? Optional.empty()
                : Optional.of("startedAt is " + started + ", at which nobody can have released it; it must be the"
                        + " milliseconds since 1970");
    }

    /**
     * Adds a valid release.
     *
     * @return its start, which is now if the clock of who released it is ahead; empty if it is not of a champion
     */
    synchronized Optional<Start> add(ModelRelease release, long nowMillis) {
        String model = key(release.getModelName(), release.getModelVersion());
        models.remove(model);
        ValidationBaseline validation = release.getValidation();
        if (validation != null) {
            try {
                models.put(
                        model,
                        new Release(
                                validation,
                                new Baseline(
                                        validation.getPredictedPerClass(),
                                        validation.getConfidenceBins(),
                                        validation.getTemperature(),
                                        validation.getAccuracy())));
            } catch (IllegalArgumentException e) {
                LOG.warn("Ignoring the validation baseline of {}: {}", model, e.getMessage());
            }
        }
        if (models.size() > MAX_MODELS) {
            models.remove(models.keySet().iterator().next());
        }
        if (release.getRole() != ReleaseRole.CHAMPION) {
            return Optional.empty();
        }
        Start start = new Start(Math.min(release.getStartedAt().toEpochMilli(), nowMillis), model);
        starts.addLast(start);
        if (starts.size() > MAX_STARTS) {
            starts.removeFirst();
        }
        return Optional.of(start);
    }

    /** The latest starts, oldest first. */
    synchronized List<Start> starts() {
        return List.copyOf(starts);
    }

    /** When a model was started, the first time that is known; empty if it is not known. */
    synchronized OptionalLong started(String model) {
        return starts.stream()
                .filter(start -> start.model().equals(model))
                .mapToLong(Start::atMillis)
                .min();
    }

    /** The validation of a model; empty if its card has none or it has not been served. */
    synchronized Optional<Release> of(String model) {
        return Optional.ofNullable(models.get(model));
    }

    /** The calibration temperature of a model; 1, which changes nothing, if unknown. */
    double temperature(String model) {
        return of(model).map(release -> release.baseline().scale()).orElse(1.0);
    }

    /** Whether the estimate of a model is worth showing. */
    boolean isCalibrated(String model) {
        return of(model)
                .map(release -> release.validation().getTemperature() != null)
                .orElse(false);
    }

    static String key(String name, String version) {
        return name + "/" + version;
    }
}
