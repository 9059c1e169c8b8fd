package digitstream.benchmark.report;

import digitstream.benchmark.result.Figure;
import digitstream.benchmark.result.RowId;
import digitstream.benchmark.result.RowResult;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Horizontal bars of throughputs, with a line from the lowest to the highest round. Lengths are in units of the picture, which is
 * {@value #WIDTH} wide.
 *
 * @param bars from top to bottom
 */
record BarChart(List<Bar> bars) {
    static final int WIDTH = 720;
    static final int LEFT = 290;
    static final int ROW = 28;
    /** Leaves room for the figure beside the longest bar. */
    private static final int LONGEST = 340;

    /**
     * One bar.
     *
     * @param title of the row
     * @param text the figure
     * @param length of the bar
     * @param lowest where the line begins
     * @param highest where it ends
     * @param ours whether the row is one of digitstream
     */
    record Bar(String title, String text, int length, int lowest, int highest, boolean ours) {}

    static BarChart of(List<RowResult> rows) {
        double largest = rows.stream()
                .flatMap(row -> row.figure().stream())
                .mapToDouble(Figure::highest)
                .max()
                .orElse(1);
        return new BarChart(
                rows.stream().flatMap(row -> bar(row, largest).stream()).toList());
    }

    private static Optional<Bar> bar(RowResult row, double largest) {
        return row.figure()
                .map(figure -> new Bar(
                        row.title(),
                        String.format(Locale.ROOT, "%,.0f", figure.median()),
                        length(figure.median(), largest),
                        length(figure.lowest(), largest),
                        length(figure.highest(), largest),
                        !RowId.isCompared(row.id())));
    }

    private static int length(double value, double largest) {
        return (int) Math.round(LONGEST * value / largest);
    }

    int height() {
        return ROW * bars.size() + 8;
    }

    int width() {
        return WIDTH;
    }

    int left() {
        return LEFT;
    }

    /** Returns the vertical centre of a bar. */
    int centre(int index) {
        return ROW * index + ROW / 2 + 4;
    }
}
