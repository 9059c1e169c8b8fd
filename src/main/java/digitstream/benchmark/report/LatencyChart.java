package digitstream.benchmark.report;

import digitstream.benchmark.result.LatencyResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Lines of latency by quantile, one for each load, on a logarithmic scale from a millisecond up. Lengths are in units of the picture.
 *
 * @param lines one for each load
 * @param marks the lines of the scale
 */
record LatencyChart(List<Line> lines, List<Mark> marks) {
    static final int WIDTH = 720;
    static final int HEIGHT = 260;
    private static final int LEFT = 85;
    private static final int RIGHT = 520;
    private static final int TOP = 15;
    private static final int BOTTOM = 225;
    private static final List<String> QUANTILES = List.of("p50", "p95", "p99", "p99.9", "max");

    /**
     * The line of a load.
     *
     * @param points in the notation of SVG's polyline
     * @param style the number of its colour
     * @param nameY where its name stands, beside its end
     */
    record Line(String name, String points, int style, int nameY) {}

    /** A time on the scale. */
    record Mark(String text, int y) {}

    /** A quantile below the lines. */
    record Tick(String text, int x) {}

    static LatencyChart of(LatencyResult latency) {
        double largest = latency.loads().stream()
                .mapToDouble(load -> load.max().median())
                .max()
                .orElse(1);
        int decades = Math.max(1, (int) Math.ceil(Math.log10(Math.max(1, largest))));
        List<Mark> marks = new ArrayList<>();
        for (int decade = 0; decade <= decades; decade++) {
            marks.add(new Mark(
                    String.format(Locale.ROOT, "%,.0f ms", Math.pow(10, decade)), y(Math.pow(10, decade), decades)));
        }
        int[] names = NamePositions.of(
                latency.loads().stream()
                        .map(load -> y(load.max().median(), decades))
                        .toList(),
                BOTTOM);
        List<Line> lines = new ArrayList<>();
        for (LatencyResult.Load load : latency.loads()) {
            List<Double> values = List.of(
                    load.p50().median(),
                    load.p95().median(),
                    load.p99().median(),
                    load.p999().median(),
                    load.max().median());
            List<String> points = new ArrayList<>();
            for (int i = 0; i < values.size(); i++) {
                points.add(x(i) + "," + y(values.get(i), decades));
            }
            int number = lines.size();
            lines.add(new Line(load.title(), points.stream().collect(Collectors.joining(" ")), number, names[number]));
        }
        return new LatencyChart(lines, marks);
    }

    private static int x(int quantile) {
        return LEFT + 20 + quantile * (RIGHT - LEFT - 40) / (QUANTILES.size() - 1);
    }

    private static int y(double millis, int decades) {
        double share = Math.log10(Math.max(1, millis)) / decades;
        return (int) Math.round(BOTTOM - share * (BOTTOM - TOP));
    }

    List<Tick> ticks() {
        List<Tick> ticks = new ArrayList<>();
        for (int i = 0; i < QUANTILES.size(); i++) {
            ticks.add(new Tick(QUANTILES.get(i), x(i)));
        }
        return ticks;
    }

    int left() {
        return LEFT;
    }

    int right() {
        return RIGHT;
    }

    int width() {
        return WIDTH;
    }

    int height() {
        return HEIGHT;
    }
}
