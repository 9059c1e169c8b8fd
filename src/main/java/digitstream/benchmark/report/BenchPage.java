package digitstream.benchmark.report;

import digitstream.benchmark.load.Cluster;
import digitstream.benchmark.result.BenchResult;
import digitstream.benchmark.result.Figure;
import digitstream.benchmark.result.LatencyResult;
import digitstream.benchmark.result.Machine;
import digitstream.benchmark.result.RowId;
import digitstream.benchmark.result.RowResult;
import gg.jte.ContentType;
import gg.jte.TemplateEngine;
import gg.jte.output.StringOutput;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A result as one HTML page, in light and dark. The template is {@code src/main/jte-benchmark/bench.jte}, which the build compiles into
 * this package; the plots are in the page, and it runs no scripts.
 */
public final class BenchPage {
    static final TemplateEngine TEMPLATES = TemplateEngine.createPrecompiled(
            null, ContentType.Html, BenchPage.class.getClassLoader(), BenchPage.class.getPackageName());

    private final BenchResult result;
    private final Map<String, String> titles;

    private BenchPage(BenchResult result) {
        this.result = result;
        this.titles = result.rows().stream().collect(Collectors.toMap(RowResult::id, RowResult::title));
    }

    /** Returns the page. */
    public static String of(BenchResult result) {
        StringOutput html = new StringOutput();
        TEMPLATES.render("bench.jte", new BenchPage(result), html);
        return html.toString();
    }

    BenchResult result() {
        return result;
    }

    /** Returns the circumstances of the run, in one sentence each. */
    List<String> facts() {
        return List.of(
                sentence(result.machine()),
                String.format(
                        Locale.ROOT,
                        "%,d images in %d partitions; rounds: %d; seed %d; %s; %.0f s.",
                        result.plan().images(),
                        Cluster.PARTITIONS,
                        result.plan().rounds(),
                        result.plan().seed(),
                        result.startedAt().truncatedTo(ChronoUnit.SECONDS),
                        result.seconds()));
    }

    static String sentence(Machine machine) {
        return machine.processor() + ", " + machine.processors() + " processors, " + machine.system() + ", Java "
                + machine.java() + ".";
    }

    /** Returns the rows of the pipelines or, if they are asked for, of the model alone. */
    List<RowResult> rows(boolean modelAlone) {
        return result.rows().stream()
                .filter(row -> row.id().startsWith(RowId.INFERENCE_PREFIX) == modelAlone)
                .toList();
    }

    BarChart bars(boolean modelAlone) {
        return BarChart.of(rows(modelAlone));
    }

    LatencyChart chart(LatencyResult latency) {
        return LatencyChart.of(latency);
    }

    String title(String id) {
        return titles.getOrDefault(id, id);
    }

    static String whole(double value) {
        return String.format(Locale.ROOT, "%,.0f", value);
    }

    static String ratio(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }

    /** Returns milliseconds: median (lowest to highest). */
    static String millis(Figure figure) {
        return time(figure.median()) + " (" + time(figure.lowest()) + " to " + time(figure.highest()) + ")";
    }

    /** Returns milliseconds with at least two digits that mean something. */
    static String time(double millis) {
        return String.format(Locale.ROOT, millis < 100 ? "%.1f" : "%,.0f", millis);
    }

    /** Returns the heading of a chapter. */
    String heading(LatencyResult latency) {
        return latency.title().substring(0, 1).toUpperCase(Locale.ROOT)
                + latency.title().substring(1);
    }

    static String rate(Optional<Figure> figure) {
        return figure.map(known -> whole(known.median())).orElse("");
    }
}
