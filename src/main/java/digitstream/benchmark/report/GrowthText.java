package digitstream.benchmark.report;

import digitstream.benchmark.result.GrowthResult;
import java.util.ArrayList;
import java.util.List;

/** Formats how cost grows as text of at most 80 columns. */
public final class GrowthText {
    private static final int WIDTH = 10;
    private static final int FIRST = 20;
    /** More columns than this leave less room for the first. */
    private static final int FEW_COLUMNS = 6;

    private GrowthText() {}

    /** Returns a table for each series. */
    public static String of(GrowthResult result) {
        StringBuilder text = new StringBuilder();
        BenchText.machine(text, result.machine());
        BenchText.line(
                text, "%,d images at each point, took %.0f s", result.plan().images(), result.seconds());
        if (result.plan().quick()) {
            BenchText.line(text, BenchText.QUICK);
        }
        for (GrowthChapter chapter : GrowthChapters.of(result)) {
            BenchText.line(text, "");
            BenchText.line(text, "%s", chapter.heading());
            BenchText.paragraph(text, chapter.note());
            row(text, chapter.header());
            for (GrowthChapter.Row row : chapter.rows()) {
                row(text, row.cells());
                row.problems().forEach(problem -> BenchText.paragraph(text, problem));
            }
        }
        return text.toString();
    }

    private static void row(StringBuilder text, List<String> cells) {
        List<Object> values = new ArrayList<>(cells);
        int first = cells.size() > FEW_COLUMNS ? WIDTH - 2 : FIRST;
        BenchText.line(text, "%-" + first + "s" + (" %" + WIDTH + "s").repeat(cells.size() - 1), values.toArray());
    }
}
