package digitstream.dashboard;

import digitstream.accuracy.Baseline;
import digitstream.avro.ModelRelease;
import digitstream.avro.ValidationBaseline;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which models were put to work, and when, as digits.models tells it. Safe for use by several threads. */
final class Releases {
    private static final Logger LOG = LoggerFactory.getLogger(Releases.class);
    private static final int MOST_STARTS = 200;
    private static final int MOST_MODELS = 64;

    private final Deque<Start> starts = new ArrayDeque<>();
    private final Map<String, Release> models = new LinkedHashMap<>();

    /**
     * A process has begun to classify.
     *
     * @param model {@code <name>/<version>}
     */
    record Start(long atMillis, String model) {}

    /** What the validation images gave: for people, and to compare with. */
    record Release(ValidationBaseline validation, Baseline baseline) {}

    synchronized void add(ModelRelease release) {
        String model = key(release.getModelName(), release.getModelVersion());
        starts.addLast(new Start(release.getStartedAt().toEpochMilli(), model));
        if (starts.size() > MOST_STARTS) {
            starts.removeFirst();
        }
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
                                        validation.getTemperature())));
            } catch (IllegalArgumentException e) {
                LOG.warn("The baseline of {} is passed over: {}", model, e.getMessage());
            }
        }
        if (models.size() > MOST_MODELS) {
            models.remove(models.keySet().iterator().next());
        }
    }

    /** The latest starts, oldest first. */
    synchronized List<Start> starts() {
        return List.copyOf(starts);
    }

    /** What is known of a model's validation; empty where its card does not tell, or nobody has served it. */
    synchronized Optional<Release> of(String model) {
        return Optional.ofNullable(models.get(model));
    }

    /** What its probabilities are calibrated with; 1, which leaves them as they are, where that is not known. */
    double temperature(String model) {
        return of(model).map(release -> release.baseline().scale()).orElse(1.0);
    }

    static String key(String name, String version) {
        return name + "/" + version;
    }
}
