package digitstream.training.report;

import digitstream.model.ModelCard;
import digitstream.training.EpochResult;
import digitstream.training.Evaluation;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An evaluation as files to be looked at: {@code report.html}, which needs no other, and its plots as PNG files.
 *
 * @param files name to content
 */
public record Report(Map<String, byte[]> files) {
    private static final Logger LOG = LoggerFactory.getLogger(Report.class);

    public Report {
        files = Map.copyOf(files);
    }

    /**
     * Draws the plots and writes the page.
     *
     * @param history the training's epochs; empty where they are not known
     */
    public static Report of(ModelCard card, Evaluation evaluation, List<EpochResult> history) {
        Map<String, byte[]> plots = plots(evaluation, history);
        Map<String, byte[]> files = new LinkedHashMap<>(plots);
        String page = ReportPage.toHtml(new ReportView(card, evaluation, plots));
        files.put("report.html", page.getBytes(StandardCharsets.UTF_8));
        return new Report(files);
    }

    /** The files of a training's report, as {@link digitstream.training.TrainingReport} wants them. */
    public static Map<String, byte[]> files(ModelCard card, Evaluation test, List<EpochResult> history) {
        return of(card, test, history).files();
    }

    /** Java without a single font, as in some small images, can't write on a plot; a model is worth having without. */
    private static Map<String, byte[]> plots(Evaluation evaluation, List<EpochResult> history) {
        try {
            return Plots.of(evaluation, history);
        } catch (LinkageError | InternalError | NullPointerException noFonts) {
            LOG.warn(
                    "The report has no plots: Java finds no fonts here ({}); install some, as fonts-dejavu-core",
                    noFonts.toString());
            return Map.of();
        }
    }
}
