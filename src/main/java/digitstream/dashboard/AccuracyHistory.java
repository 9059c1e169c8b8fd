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
 * The published figures over time: a line for each model version and window, and the latest record of each. The last quarter
 * of an hour is kept as it was published, what is older in a thousand points at most, and nothing that is older than the
 * history; so memory is bounded, and each dashboard draws the same lines however long it watches. Safe for use by several
 * threads.
 */
final class AccuracyHistory {
    private static final long RECENT_MILLIS = Duration.ofMinutes(15).toMillis();
    private static final int MOST_OLD_POINTS = 1_000;
    /** More often than twice a second nobody looks, however often it is published. */
    private static final long LEAST_SPACING_MILLIS = 500;
    /** The one that was heard of longest ago gives way. */
    private static final int MOST_VERSIONS = 16;

    private static final long NEWS_MILLIS = 5_000;

    private final long historyMillis;
    private final Map<String, Map<String, Line>> versions = new LinkedHashMap<>(32, 0.75f, true);

    /** A published figure. Absent ones are null: nothing was labelled, or predicted. */
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
        private long heardMillis;

        Line(Accuracy first) {
            this.latest = first;
        }

        void add(Accuracy figures, long nowMillis) {
            latest = figures;
            heardMillis = nowMillis;
            Point point = Point.of(figures);
            // Where the scoring process's clock was set back, time goes on from there.
            recent.removeIf(known -> known.atMillis() >= point.atMillis());
            old.removeIf(known -> known.atMillis() >= point.atMillis());
            if (!recent.isEmpty() && point.atMillis() - recent.getLast().atMillis() < LEAST_SPACING_MILLIS) {
                return;
            }
            recent.addLast(point);
            while (recent.getFirst().atMillis() < point.atMillis() - RECENT_MILLIS) {
                Point ageing = recent.removeFirst();
                if (old.isEmpty() || ageing.atMillis() - old.getLast().atMillis() >= historyMillis / MOST_OLD_POINTS) {
                    old.addLast(ageing);
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

    /** Remembers as much. */
    AccuracyHistory(Duration history) {
        this.historyMillis = history.toMillis();
    }

    synchronized void add(Accuracy figures, long nowMillis) {
        versions.computeIfAbsent(
                        Releases.key(figures.getModelName(), figures.getModelVersion()), ignored -> new TreeMap<>())
                .computeIfAbsent(figures.getWindow(), ignored -> new Line(figures))
                .add(figures, nowMillis);
        if (versions.size() > MOST_VERSIONS) {
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

    /** The latest records of a model version, and those that were read in the last seconds. */
    synchronized Collection<Accuracy> news(@Nullable String model, long nowMillis) {
        List<Accuracy> news = new ArrayList<>();
        versions.forEach((version, lines) -> lines.values().forEach(line -> {
            if (version.equals(model) || line.heardMillis > nowMillis - NEWS_MILLIS) {
                news.add(line.latest);
            }
        }));
        return news;
    }

    /** The model version, {@code <name>/<version>}, whose record was read last; empty before the first. */
    synchronized Optional<String> heardLast() {
        return versions.keySet().stream().reduce((before, last) -> last);
    }

    synchronized boolean knows(@Nullable String model) {
        return model != null && versions.keySet().contains(model);
    }

    /** The lines by {@code <model>/<version>/<window>}, oldest point first; those without a point in the history are left out. */
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
