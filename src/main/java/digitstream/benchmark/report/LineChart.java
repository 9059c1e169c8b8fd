package digitstream.benchmark.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.DoubleFunction;
import java.util.stream.Collectors;

/**
 * Lines over a few values that stand at equal distances, on a linear scale from zero. Lengths are in units of the picture.
 *
 * @param lines one for each figure
 * @param marks the lines of the scale
 * @param ticks the values below
 */
record LineChart(List<Line> lines, List<LatencyChart.Mark> marks, List<LatencyChart.Tick> ticks) {
    static final int WIDTH = 720;
    static final int HEIGHT = 260;
    private static final int LEFT = 95;
    private static final int RIGHT = 560;
    private static final int TOP = 25;
    private static final int BOTTOM = 225;
    private static final int MARKS = 4;
    /** The leading digits that the end of a scale may have; each is easily divided by four. */
    private static final List<Double> ENDS = List.of(1.0, 2.0, 4.0, 6.0, 8.0, 10.0);

    /**
     * A figure at each value.
     *
     * @param at empty where it was not measured
     */
    record Figures(String name, List<Optional<Double>> at) {}

    /**
     * The line of a figure.
     *
     * @param points in the notation of SVG's polyline
     * @param dots one for each point
     * @param style the number of its colour
     * @param nameY where its name stands, beside its end
     */
    record Line(String name, String points, List<Dot> dots, int style, int nameY) {}

    /**
     * A point.
     *
     * @param text the figure
     */
    record Dot(int x, int y, String text) {}

    /**
     * Draws lines.
     *
     * @param values what stands below, from left to right
     * @param text formats a figure
     */
    static LineChart of(List<String> values, List<Figures> figures, DoubleFunction<String> text) {
        double largest = figures.stream()
                .flatMap(figure -> figure.at().stream().flatMap(Optional::stream))
                .mapToDouble(Double::doubleValue)
                .max()
                .orElse(1);
        double end = end(largest);
        List<LatencyChart.Mark> marks = new ArrayList<>();
        for (int i = 0; i <= MARKS; i++) {
            marks.add(new LatencyChart.Mark(text.apply(end * i / MARKS), y(end * i / MARKS, end)));
        }
        List<LatencyChart.Tick> ticks = new ArrayList<>();
        for (int i = 0; i < values.size(); i++) {
            ticks.add(new LatencyChart.Tick(values.get(i), x(i, values.size())));
        }
        List<List<Dot>> all = new ArrayList<>();
        for (Figures figure : figures) {
            List<Dot> dots = new ArrayList<>();
            for (int i = 0; i < figure.at().size(); i++) {
                int x = x(i, values.size());
                figure.at().get(i).ifPresent(value -> dots.add(new Dot(x, y(value, end), text.apply(value))));
            }
            all.add(dots);
        }
        int[] names = NamePositions.of(
                all.stream()
                        .map(dots -> dots.isEmpty()
                                ? BOTTOM
                                : dots.get(dots.size() - 1).y())
                        .toList(),
                BOTTOM);
        List<Line> lines = new ArrayList<>();
        for (List<Dot> dots : all) {
            int number = lines.size();
            String points = dots.stream().map(dot -> dot.x() + "," + dot.y()).collect(Collectors.joining(" "));
            lines.add(new Line(figures.get(number).name(), points, dots, number, names[number]));
        }
        return new LineChart(lines, marks, ticks);
    }

    /** The smallest end of a scale that the largest figure fits on. */
    static double end(double largest) {
        if (largest <= 0) {
            return 1;
        }
        double power = Math.pow(10, Math.floor(Math.log10(largest)));
        return ENDS.stream()
                .mapToDouble(digit -> digit * power)
                .filter(end -> end >= largest)
                .findFirst()
                .orElse(10 * power);
    }

    private static int x(int index, int count) {
        return count == 1 ? (LEFT + RIGHT) / 2 : LEFT + 30 + index * (RIGHT - LEFT - 60) / (count - 1);
    }

    private static int y(double value, double end) {
        return (int) Math.round(BOTTOM - (BOTTOM - TOP) * value / end);
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
