package digitstream.benchmark.report;

import digitstream.benchmark.result.GrowthResult;
import gg.jte.output.StringOutput;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;

/** How cost grows as one HTML page, as {@link BenchPage}. The template is {@code src/main/jte-benchmark/growth.jte}. */
public final class GrowthPage {
    private final GrowthResult result;

    private GrowthPage(GrowthResult result) {
        this.result = result;
    }

    /** Returns the page. */
    public static String of(GrowthResult result) {
        StringOutput html = new StringOutput();
        BenchPage.TEMPLATES.render("growth.jte", new GrowthPage(result), html);
        return html.toString();
    }

    boolean isQuick() {
        return result.plan().quick();
    }

    /** Returns the circumstances of the run, in one sentence each. */
    List<String> facts() {
        return List.of(
                BenchPage.sentence(result.machine()),
                String.format(
                        Locale.ROOT,
                        "%,d images at each point; %s; %.0f s.",
                        result.plan().images(),
                        result.startedAt().truncatedTo(ChronoUnit.SECONDS),
                        result.seconds()));
    }

    List<GrowthChapter> chapters() {
        return GrowthChapters.of(result);
    }
}
