package digitstream.benchmark.report;

import java.util.List;

/**
 * The figures of a series, as a table and plots.
 *
 * @param note how to read it, in one or two sentences
 * @param header the names of the columns; the first one is of what the series varies
 * @param rows from top to bottom
 * @param plots of the same figures
 */
record GrowthChapter(String heading, String note, List<String> header, List<Row> rows, List<Plot> plots) {
    /**
     * A row.
     *
     * @param cells one for each column
     * @param problems why figures are missing
     */
    record Row(List<String> cells, List<String> problems) {}

    /** A plot with what its scale has. */
    record Plot(String title, LineChart chart) {}
}
