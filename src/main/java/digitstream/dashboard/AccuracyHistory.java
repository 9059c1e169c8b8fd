package digitstream.dashboard;

import digitstream.avro.Accuracy;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The published figures over time: a line for each model version and window, and the latest record of each. Keeps the points of
 * the last 15 minutes, and at most a thousand older ones back to the length of the history. So memory is bounded, and every
 * dashboard draws the same lines, no matter how long it has been running. Thread-safe.
 */
final class AccuracyHistory {
    private static final long RECENT_MILLIS = Duration.ofMinutes(15).toMillis();
    static final int MAX_OLD_POINTS = 1_000;
    /** Points that follow faster are dropped: they would not be visible. */
    private static final long MIN_SPACING_MILLIS = 500;
    /** Beyond this number, the model version that was updated longest ago is removed. */
    private static final int MAX_VERSIONS = 16;

    private static final long RECENT_UPDATE_MILLIS = 5_000;

    private final long historyMillis;
    private final Map<String, Map<String, Line>> versions = new LinkedHashMap<>(32, 0.75f, true);

    /** Published figures. They are null if nothing was labelled, or, for the coverage, if nothing was predicted. */
    record Point(
            long atMillis,
            @Nullable Double accuracy,
            @Nullable Double low,
            @Nullable Double high,
            @Nullable Double coverage,
            @Nullable Double labelDelayP50Millis) {
        static Point of(Accuracy figures) {
            return new Point(
                    figures.getComputedAt().toEpochMilli(),
                    figures.getAccuracy(),
                    figures.getAccuracyLow(),
                    figures.getAccuracyHigh(),
                    figures.getCoverage(),
                    figures.getLabelDelayP50Millis());
        }
    }

    private final class Line {
        private final Deque<Point> old = new ArrayDeque<>();
        private final Deque<Point> recent = new ArrayDeque<>();
        private Accuracy latest;
        private long updatedMillis;

        Line(Accuracy first) {
            this.latest = first;
        }

        void add(Accuracy figures, long nowMillis) {
            latest = figures;
            updatedMillis = nowMillis;
            Point point = Point.of(figures);
            // If the clock of the scoring process was set back, drop the later points and continue from there.
            recent.removeIf(known -> known.atMillis() >= point.atMillis());
            old.removeIf(known -> known.atMillis() >= point.atMillis());
            if (!recent.isEmpty() && point.atMillis() - recent.getLast().atMillis() < MIN_SPACING_MILLIS) {
                return;
            }
            recent.addLast(point);
            while (recent.getFirst().atMillis() < point.atMillis() - RECENT_MILLIS) {
                Point oldest = recent.removeFirst();
                if (old.isEmpty() || oldest.atMillis() - old.getLast().atMillis() >= historyMillis / MAX_OLD_POINTS) {
                    old.addLast(oldest);
                }
            }
            forgetBefore(point.atMillis() - historyMillis);
        }

        void forgetBefore(long millis) {
            old.removeIf(point -> point.atMillis() < millis);
            recent.removeIf(point -> point.atMillis() < millis);
        }

        List<Point> points() {
            List<Point> all = new ArrayList<>(old);
            all.addAll(recent);
            return all;
        }
    }

    /** Creates an empty history of this length. */
    AccuracyHistory(Duration history) {
        this.historyMillis = history.toMillis();
    }

    synchronized void add(Accuracy figures, long nowMillis) {
        versions.computeIfAbsent(
                        Releases.key(figures.getModelName(), figures.getModelVersion()), ignored -> new TreeMap<>())
                .computeIfAbsent(figures.getWindow(), ignored -> new Line(figures))
                .add(figures, nowMillis);
        if (versions.size() > MAX_VERSIONS) {
            versions.remove(versions.keySet().iterator().next());
        }
    }

    /** The latest record of each line. */
    synchronized Collection<Accuracy> latest() {
        return versions.values().stream()
                .flatMap(lines -> lines.values().stream())
                .map(line -> line.latest)
                .toList();
    }

    /** The latest records of a model version. */
    synchronized Collection<Accuracy> latestOf(String model) {
        return versions.getOrDefault(model, Map.of()).values().stream()
                .map(line -> line.latest)
                .toList();
    }

    /** The latest records of a model version, and all records that were updated in the last five seconds. */
    synchronized Collection<Accuracy> updates(@Nullable String model, long nowMillis) {
        List<Accuracy> updates = new ArrayList<>();
        versions.forEach((version, lines) -> lines.values().forEach(line -> {
            if (version.equals(model) || line.updatedMillis > nowMillis - RECENT_UPDATE_MILLIS) {
                updates.add(line.latest);
            }
        }));
        return updates;
    }

    /** The model version, {@code <name>/<version>}, that was updated last; empty before the first record. */
    synchronized Optional<String> lastUpdated() {
        return versions.keySet().stream().reduce((before, last) -> last);
    }

    synchronized boolean knows(@Nullable String model) {
        return model != null && versions.keySet().contains(model);
    }

    /** The lines by {@code <model>/<version>/<window>}, oldest point first; without those that have no point in the history. */
    synchronized Map<String, List<Point>> lines(long nowMillis) {
        Map<String, List<Point>> all = new TreeMap<>();
        versions.forEach((version, lines) -> lines.forEach((window, line) -> {
            line.forgetBefore(nowMillis - historyMillis);
            List<Point> points = line.points();
            if (!points.isEmpty()) {
                all.put(version + "/" + window, points);
            }
        }));
        return all;
    }
}
