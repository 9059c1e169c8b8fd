package digitstream.benchmark;

import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Formats a result as text of at most 80 columns. */
public final class BenchText {
    private BenchText() {}

    /** Returns the ratios, and then the throughputs that they are taken from. */
    public static String of(BenchResult result) {
        StringBuilder text = new StringBuilder();
        line(
                text,
                "%s, %d processors, %s, Java %s",
                result.machine().processor(),
                result.machine().processors(),
                result.machine().system(),
                result.machine().java());
        line(
                text,
                "%,d images in %d partitions, %d rounds: median (lowest to highest)",
                result.plan().images(),
                Cluster.PARTITIONS,
                result.plan().rounds());
        if (result.plan().quick()) {
            line(text, "With --quick, the figures show that everything works, and not how fast it is.");
        }
        Map<String, String> titles = result.rows().stream().collect(Collectors.toMap(RowResult::id, RowResult::title));
        if (!result.ratios().isEmpty()) {
            line(text, "");
            line(text, "%-52s %8s", "times as fast", "");
        }
        for (Ratio ratio : result.ratios()) {
            Figure figure = ratio.figure();
            line(
                    text,
                    "%-52s %8.2f (%.2f to %.2f)",
                    titles.get(ratio.row()) + " / " + ratio.to(),
                    figure.median(),
                    figure.lowest(),
                    figure.highest());
        }
        line(text, "");
        line(text, "images/s");
        for (RowResult row : result.rows()) {
            String value = row.figure()
                    .map(figure -> String.format(
                            Locale.ROOT, "%,9.0f (%,.0f to %,.0f)", figure.median(), figure.lowest(), figure.highest()))
                    .orElseGet(() -> row.problem().orElse("not measured"));
            line(text, "%-42s %s", row.title(), value);
        }
        return text.toString();
    }

    private static void line(StringBuilder text, String format, Object... values) {
        text.append(String.format(Locale.ROOT, format, values).stripTrailing()).append('\n');
    }
}
