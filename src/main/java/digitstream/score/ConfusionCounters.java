package digitstream.score;

import digitstream.accuracy.AccuracyCounts;
import digitstream.accuracy.ModelVersion;
import digitstream.common.Digits;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The counters of the confusion matrix. A cell that was never counted has no counter. The newest model versions have counters of
 * their own, and the rest count together as {@link VersionUse#OTHER}. A version that leaves and comes back starts at zero, as
 * after a restart. Thread-safe.
 */
final class ConfusionCounters {
    private static final long RANKING_INTERVAL_MILLIS = Duration.ofSeconds(1).toMillis();

    private final MeterRegistry meters;
    private final Map<ModelVersion, Version> versions = new HashMap<>();
    private final Cells others;
    private long rankedAtMillis;

    ConfusionCounters(MeterRegistry meters) {
        this.meters = meters;
        this.others = new Cells(VersionUse.OTHER);
    }

    /** Adds what a change has added to the confusion matrix of a version. */
    synchronized void add(ModelVersion model, AccuracyCounts change, long nowMillis) {
        Version version = versions.computeIfAbsent(model, Version::new);
        version.lastUsedMillis = nowMillis;
        version.images += Math.max(0, change.predicted());
        if (versions.size() <= VersionUse.MAX_SHOWN) {
            version.show();
        } else if (Math.abs(nowMillis - rankedAtMillis) >= RANKING_INTERVAL_MILLIS) {
            rankedAtMillis = nowMillis;
            rank();
        }
        (version.cells == null ? others : version.cells).add(change);
    }

    private void rank() {
        Set<ModelVersion> shown = VersionUse.newest(uses(), VersionUse.MAX_SHOWN);
        versions.values().forEach(version -> {
            if (shown.contains(version.model)) {
                version.show();
            } else {
                version.hide();
            }
        });
        if (versions.size() > VersionUse.MAX_KEPT) {
            versions.keySet().retainAll(VersionUse.newest(uses(), VersionUse.MAX_KEPT));
        }
    }

    private Collection<VersionUse> uses() {
        return versions.values().stream()
                .map(version -> new VersionUse(version.model, version.lastUsedMillis, version.images))
                .toList();
    }

    private final class Version {
        private final ModelVersion model;
        private long lastUsedMillis;
        private long images;
        /** Null while the version is not shown. */
        private @Nullable Cells cells;

        Version(ModelVersion model) {
            this.model = model;
        }

        void show() {
            if (cells == null) {
                cells = new Cells(model);
            }
        }

        void hide() {
            if (cells != null) {
                cells.remove();
                cells = null;
            }
        }
    }

    private final class Cells {
        private final ModelVersion model;
        private final Map<Integer, Counter> counters = new HashMap<>();

        Cells(ModelVersion model) {
            this.model = model;
        }

        void add(AccuracyCounts change) {
            for (int actual = 0; actual < Digits.CLASSES; actual++) {
                for (int predicted = 0; predicted < Digits.CLASSES; predicted++) {
                    long more = change.confusion(actual, predicted);
                    if (more > 0) {
                        counters.computeIfAbsent(Digits.CLASSES * actual + predicted, this::counter)
                                .increment((double) more);
                    }
                }
            }
        }

        void remove() {
            counters.values().forEach(meters::remove);
        }

        private Counter counter(int cell) {
            return Counter.builder("digits.confusion")
                    .description(
                            "Labelled images by actual and predicted digit. A corrected label counts in both cells.")
                    .tags(ScoreMetrics.version(model.name(), model.version()))
                    .tags(
                            "actual",
                            Integer.toString(cell / Digits.CLASSES),
                            "predicted",
                            Integer.toString(cell % Digits.CLASSES))
                    .register(meters);
        }
    }
}
