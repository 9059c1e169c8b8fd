package digitstream.dashboard;

import digitstream.avro.Accuracy;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The published figures over time: a line for each model version and window, and the latest record of each. A line that is
 * full gives up every second point and takes new ones half as often, so that memory is bounded however long it watches. Safe
 * for use by several threads.
 */
final class AccuracyHistory {
    private static final int MOST_POINTS = 1_000;
    /** Of one model version each with its windows; the one that was heard of longest ago gives way. */
    private static final int MOST_LINES = 32;

    private final Map<String, Line> lines = new LinkedHashMap<>(64, 0.75f, true);

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

    private static final class Line {
        private final List<Point> points = new ArrayList<>();
        private long spacingMillis;
        private Accuracy latest;

        Line(Accuracy first) {
            this.latest = first;
        }

        void add(Accuracy figures) {
            latest = figures;
            Point point = Point.of(figures);
            if (!points.isEmpty()
                    && point.atMillis() - points.get(points.size() - 1).atMillis() < spacingMillis) {
                return;
            }
            points.add(point);
            if (points.size() > MOST_POINTS) {
                thin();
            }
        }

        private void thin() {
            for (int i = 1; 2 * i < points.size(); i++) {
                points.set(i, points.get(2 * i));
            }
            int kept = (points.size() + 1) / 2;
            points.subList(kept, points.size()).clear();
            spacingMillis = (points.get(kept - 1).atMillis() - points.get(0).atMillis()) / (kept - 1);
        }
    }

    synchronized void add(Accuracy figures) {
        String key = figures.getModelName() + "/" + figures.getModelVersion() + "/" + figures.getWindow();
        lines.computeIfAbsent(key, ignored -> new Line(figures)).add(figures);
        if (lines.size() > MOST_LINES) {
            lines.remove(lines.keySet().iterator().next());
        }
    }

    /** The latest record of each line. */
    synchronized Collection<Accuracy> latest() {
        return lines.values().stream().map(line -> line.latest).toList();
    }

    /** The lines by {@code <model>/<version>/<window>}, oldest point first. */
    synchronized Map<String, List<Point>> lines() {
        Map<String, List<Point>> all = new TreeMap<>();
        lines.forEach((key, line) -> all.put(key, List.copyOf(line.points)));
        return all;
    }
}
