package digitstream.benchmark.report;

import digitstream.benchmark.load.Cluster;
import digitstream.benchmark.result.BenchResult;
import digitstream.benchmark.result.Figure;
import digitstream.benchmark.result.LatencyResult;
import digitstream.benchmark.result.Machine;
import digitstream.benchmark.result.Ratio;
import digitstream.benchmark.result.RowResult;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Formats a result as text of at most 80 columns. */
public final class BenchText {
    private static final int COLUMNS = 80;
    private static final int TITLE = 42;

    static final String QUICK = "With --quick, the figures show that everything works, and not how fast it is.";

    private BenchText() {}

    static void machine(StringBuilder text, Machine machine) {
        line(text, "%s, %d processors", machine.processor(), machine.processors());
        line(text, "%s, Java %s", machine.system(), machine.java());
    }

    /** Returns the ratios, the throughputs that they are taken from, and the latencies. */
    public static String of(BenchResult result) {
        StringBuilder text = new StringBuilder();
        machine(text, result.machine());
        line(
                text,
                "%,d images in %d partitions, rounds: %d, took %.0f s",
                result.plan().images(),
                Cluster.PARTITIONS,
                result.plan().rounds(),
                result.seconds());
        if (result.plan().quick()) {
            line(text, QUICK);
        }
        ratios(text, result);
        throughputs(text, result);
        result.latencies().forEach(latency -> latency(text, latency));
        return text.toString();
    }

    private static void ratios(StringBuilder text, BenchResult result) {
        if (result.ratios().isEmpty()) {
            return;
        }
        Map<String, String> titles = result.rows().stream().collect(Collectors.toMap(RowResult::id, RowResult::title));
        line(text, "");
        line(text, "times as fast: median (lowest to highest)");
        for (Ratio ratio : result.ratios()) {
            Figure figure = ratio.figure();
            line(
                    text,
                    "%-52s %6.2f (%.2f to %.2f)",
                    titles.get(ratio.row()) + " / " + titles.get(ratio.to()),
                    figure.median(),
                    figure.lowest(),
                    figure.highest());
        }
    }

    private static void throughputs(StringBuilder text, BenchResult result) {
        if (result.rows().isEmpty()) {
            return;
        }
        line(text, "");
        line(text, "images/s: median (lowest to highest)");
        for (RowResult row : result.rows()) {
            String value = row.figure()
                    .map(figure -> String.format(
                            Locale.ROOT, "%,9.0f (%,.0f to %,.0f)", figure.median(), figure.lowest(), figure.highest()))
                    .orElseGet(() -> row.problem().orElse("not measured"));
            entry(text, row.title(), value);
        }
    }

    private static void latency(StringBuilder text, LatencyResult latency) {
        line(text, "");
        if (latency.problem().isPresent()) {
            entry(text, latency.title(), latency.problem().get());
            return;
        }
        line(text, "%-32s %8s %8s %8s %8s %8s", latency.title() + " (ms)", "images/s", "p50", "p95", "p99", "p99.9");
        for (LatencyResult.Load load : latency.loads()) {
            line(
                    text,
                    "%-32s %8s %8.1f %8.1f %8.1f %8.1f",
                    load.title(),
                    load.perSecond()
                            .map(figure -> String.format(Locale.ROOT, "%,.0f", figure.median()))
                            .orElse(""),
                    load.p50().median(),
                    load.p95().median(),
                    load.p99().median(),
                    load.p999().median());
        }
        latency.waitMean()
                .ifPresent(wait -> entry(
                        text,
                        "wait of a lone image in its batch",
                        String.format(Locale.ROOT, "mean %.1f ms", wait.median())));
    }

    /** Appends a title and its value; a long value, such as a reason, goes on its own lines. */
    private static void entry(StringBuilder text, String title, String value) {
        if (TITLE + 1 + value.length() <= COLUMNS) {
            line(text, "%-" + TITLE + "s %s", title, value);
            return;
        }
        line(text, "%s", title);
        paragraph(text, value);
    }

    /** Appends a text in lines that are short enough, further to the right. */
    static void paragraph(StringBuilder text, String value) {
        StringBuilder row = new StringBuilder("   ");
        for (String word : value.split(" ", -1)) {
            if (row.length() + 1 + word.length() > COLUMNS) {
                line(text, "%s", row);
                row = new StringBuilder("   ");
            }
            row.append(' ').append(word);
        }
        line(text, "%s", row);
    }

    static void line(StringBuilder text, String format, Object... values) {
        text.append(String.format(Locale.ROOT, format, values).stripTrailing()).append('\n');
    }
}
