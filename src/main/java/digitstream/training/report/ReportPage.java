package digitstream.training.report;

import digitstream.accuracy.AccuracyCounts;
import digitstream.accuracy.WilsonInterval;
import digitstream.common.Digits;
import digitstream.model.ModelCard;
import digitstream.model.Network;
import digitstream.training.Evaluation;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.imageio.ImageIO;

/** The report as one HTML page without scripts, in light and dark, with all pictures inside. */
final class ReportPage {
    private static final int MOST_MISTAKES = 60;

    private static final String STYLE =
            """
            :root { color-scheme: light dark; --line: #8884; --soft: #8882; --bad: 217, 95, 2; --good: 27, 158, 119 }
            body { font: 16px/1.5 system-ui, sans-serif; max-width: 75rem; margin: 2rem auto; padding: 0 1rem }
            h1 { margin-bottom: 0 } h2 { margin-top: 2.5rem }
            p.facts { display: flex; flex-wrap: wrap; gap: 1rem 2.5rem; padding: 0; margin: 1.5rem 0 }
            p.facts b { display: block; font-size: 1.8rem; font-weight: 600; font-variant-numeric: tabular-nums }
            .wide { overflow-x: auto }
            table { border-collapse: collapse; font-variant-numeric: tabular-nums }
            th, td { padding: .25rem .7rem; text-align: right; border-bottom: 1px solid var(--line) }
            th:first-child, td.text { text-align: left } td.text { overflow-wrap: anywhere }
            table.matrix td { min-width: 2.2rem; border: 1px solid var(--line) }
            figure { margin: 0 } figure.plot img { max-width: 100%; background: #fff; border-radius: .4rem }
            .digits { display: flex; flex-wrap: wrap; gap: 1rem }
            .digits figure { width: 6.4rem; font-size: .85rem; text-align: center; line-height: 1.3 }
            .digits img { width: 100%; image-rendering: pixelated; border-radius: .3rem }
            """;

    private final ModelCard card;
    private final Evaluation evaluation;
    private final Map<String, byte[]> plots;
    private final StringBuilder page = new StringBuilder();

    ReportPage(ModelCard card, Evaluation evaluation, Map<String, byte[]> plots) {
        this.card = card;
        this.evaluation = evaluation;
        this.plots = plots;
    }

    String toHtml() {
        String title = escape(card.name() + " " + card.version());
        add("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">");
        add("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>%s</title>", title);
        add("<style>%n%s</style></head><body>", STYLE);
        add("<h1>%s</h1><p>%s</p>", title, escape(evaluation.data()));
        facts();
        plot("Learning curves", "learning-curves.png");
        confusion();
        perClass();
        reliability();
        mistakes();
        training();
        layers();
        add("</body></html>");
        return page.toString();
    }

    private void facts() {
        AccuracyCounts counts = evaluation.counts();
        int images = evaluation.images().size();
        WilsonInterval interval = WilsonInterval.of(counts.correct(), images);
        add("<p class=\"facts\">");
        fact(format("%.2f %%", 100 * evaluation.accuracy()), "accuracy");
        fact(format("%.2f to %.2f %%", 100 * interval.low(), 100 * interval.high()), "its 95 % interval (Wilson)");
        fact(format("%,d of %,d", images - counts.correct(), images), "images wrong");
        fact(format("%.4f", evaluation.loss()), "mean cross-entropy, nats");
        fact(
                format("%.2f", 100 * counts.expectedCalibrationError().orElse(Double.NaN)),
                "expected calibration error, points");
        add("</p>");
    }

    private void fact(String figure, String name) {
        add("<span><b>%s</b>%s</span>", figure, name);
    }

    private void plot(String title, String file) {
        byte[] png = plots.get(file);
        if (png != null) {
            add("<h2>%s</h2>", title);
            image(title, png);
        }
    }

    private void image(String title, byte[] png) {
        add("<figure class=\"plot\"><img alt=\"%s\" src=\"%s\"></figure>", title, dataUri(png));
    }

    private void confusion() {
        AccuracyCounts counts = evaluation.counts();
        long largest = 1;
        for (int actual = 0; actual < Digits.CLASSES; actual++) {
            for (int predicted = 0; predicted < Digits.CLASSES; predicted++) {
                largest = actual == predicted ? largest : Math.max(largest, counts.confusion(actual, predicted));
            }
        }
        add(
                "<h2>Confusion matrix</h2><p>A row for each digit that an image shows, a column for what it was said to be.</p>");
        add("<div class=\"wide\"><table class=\"matrix\"><tr><th scope=\"col\">actual</th>");
        for (int predicted = 0; predicted < Digits.CLASSES; predicted++) {
            add("<th scope=\"col\">%d</th>", predicted);
        }
        add("</tr>");
        for (int actual = 0; actual < Digits.CLASSES; actual++) {
            add("<tr><th scope=\"row\">%d</th>", actual);
            for (int predicted = 0; predicted < Digits.CLASSES; predicted++) {
                long count = counts.confusion(actual, predicted);
                boolean right = actual == predicted;
                double strength = right ? 0.25 : 0.75 * count / largest;
                add(
                        "<td style=\"background: rgba(var(--%s), %.3f)\">%s</td>",
                        right ? "good" : "bad", strength, count == 0 ? "" : format("%,d", count));
            }
            add("</tr>");
        }
        add("</table></div>");
    }

    private void perClass() {
        AccuracyCounts counts = evaluation.counts();
        add(
                "<h2>Each digit</h2><div class=\"wide\"><table><tr><th scope=\"col\">digit</th><th scope=\"col\">images</th>");
        add("<th scope=\"col\">precision</th><th scope=\"col\">recall</th><th scope=\"col\">F1</th></tr>");
        for (int digit = 0; digit < Digits.CLASSES; digit++) {
            add(
                    "<tr><th scope=\"row\">%d</th><td>%,d</td><td>%s</td><td>%s</td><td>%s</td></tr>",
                    digit,
                    counts.support(digit),
                    percent(evaluation.precision(digit)),
                    percent(evaluation.recall(digit)),
                    percent(evaluation.f1(digit)));
        }
        add("</table></div>");
        byte[] png = plots.get("per-class.png");
        if (png != null) {
            image("Precision, recall and F1 of each digit", png);
        }
    }

    private void reliability() {
        AccuracyCounts counts = evaluation.counts();
        add(
                "<h2>Reliability</h2><p>How often the model is right when it is so sure. The expected calibration error is the");
        add(
                " distance between the two, weighted by images: %s.</p>",
                percent(counts.expectedCalibrationError().orElse(Double.NaN)));
        byte[] png = plots.get("reliability.png");
        if (png != null) {
            image("Reliability diagram", png);
        }
        add("<div class=\"wide\"><table><tr><th scope=\"col\">confidence</th><th scope=\"col\">images</th>");
        add("<th scope=\"col\">mean confidence</th><th scope=\"col\">accuracy</th></tr>");
        for (int bin = 0; bin < AccuracyCounts.CONFIDENCE_BINS; bin++) {
            long count = counts.binCount(bin);
            if (count > 0) {
                add(
                        "<tr><th scope=\"row\">%.0f to %.0f %%</th><td>%,d</td><td>%s</td><td>%s</td></tr>",
                        100.0 * bin / AccuracyCounts.CONFIDENCE_BINS,
                        100.0 * (bin + 1) / AccuracyCounts.CONFIDENCE_BINS,
                        count,
                        percent(counts.binConfidence(bin) / count),
                        percent((double) counts.binCorrect(bin) / count));
            }
        }
        add("</table></div>");
    }

    private void mistakes() {
        List<Integer> mistakes = evaluation.mistakes();
        add("<h2>Mistakes</h2>");
        if (mistakes.isEmpty()) {
            add("<p>There are none.</p>");
            return;
        }
        add(
                "<p>%s, the surest first.</p><div class=\"digits\">",
                mistakes.size() <= MOST_MISTAKES
                        ? "All " + mistakes.size()
                        : "The first " + MOST_MISTAKES + " of " + mistakes.size());
        for (int image : mistakes.subList(0, Math.min(MOST_MISTAKES, mistakes.size()))) {
            String said = format(
                    "said %d (%.0f %%)",
                    evaluation.predicted()[image], 100 * evaluation.confidence()[image]);
            int actual = evaluation.images().label(image);
            add(
                    "<figure><img alt=\"a %d, %s\" src=\"%s\"><figcaption>is %d, %s<br>image %d</figcaption></figure>",
                    actual, said, dataUri(png(image)), actual, said, image);
        }
        add("</div>");
    }

    private void training() {
        ModelCard.Training training = card.training();
        if (training == null) {
            return;
        }
        add("<h2>How it was trained</h2><div class=\"wide\"><table>");
        row("recipe", training.preset());
        row(
                "data",
                training.data() + ", " + format("%,d images", training.images()) + ", sha256 " + training.dataSha256());
        row("epochs", training.epochs() + ", batches of " + training.batchSize());
        row("weights kept", "those after epoch " + training.bestEpoch() + ": " + training.selection());
        row("optimiser", training.optimiser() + ", learning rate " + training.learningRate());
        row("augmentation", training.augmentation() == null ? "none" : training.augmentation());
        row("seed", "" + training.seed());
        row("device", training.device() + ", " + training.threads() + " threads");
        row("time", format("%.1f s", training.seconds()));
        row(
                "software",
                card.software().entrySet().stream()
                        .sorted(Map.Entry.comparingByKey())
                        .map(it -> it.getKey() + " " + it.getValue())
                        .reduce((a, b) -> a + ", " + b)
                        .orElse(""));
        row("model.pt", "sha256 " + card.sha256());
        add("</table></div>");
    }

    private void row(String name, @org.jspecify.annotations.Nullable String value) {
        add("<tr><th scope=\"row\">%s</th><td class=\"text\">%s</td></tr>", name, escape(String.valueOf(value)));
    }

    private void layers() {
        Network network = card.network();
        if (network == null) {
            return;
        }
        add("<h2>Layers</h2>");
        if (network.members() > 1) {
            add("<p>Of each of %d members, whose probabilities are averaged.</p>", network.members());
        }
        add("<div class=\"wide\"><table><tr><th scope=\"col\">layer</th><th scope=\"col\">output</th>");
        add("<th scope=\"col\">parameters</th><th scope=\"col\">multiply-adds</th></tr>");
        for (Network.Row layer : network.rows()) {
            add(
                    "<tr><td class=\"text\">%s</td><td>%s</td><td>%,d</td><td>%,d</td></tr>",
                    escape(layer.layer().describe()), layer.output(), layer.parameters(), layer.multiplyAdds());
        }
        add(
                "<tr><td class=\"text\"><b>all</b></td><td></td><td><b>%,d</b></td><td><b>%,d</b></td></tr></table></div>",
                network.parameters(), network.multiplyAdds());
    }

    private byte[] png(int image) {
        int width = evaluation.images().width();
        int height = evaluation.images().height();
        BufferedImage picture = new BufferedImage(width, height, BufferedImage.TYPE_BYTE_GRAY);
        picture.getRaster()
                .setDataElements(0, 0, width, height, evaluation.images().pixels(image));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            ImageIO.write(picture, "png", out);
        } catch (IOException e) {
            throw new UncheckedIOException("a digit can't be drawn", e);
        }
        return out.toByteArray();
    }

    private static String dataUri(byte[] png) {
        return "data:image/png;base64," + Base64.getEncoder().encodeToString(png);
    }

    private static String percent(double share) {
        return Double.isNaN(share) ? "-" : String.format(Locale.ROOT, "%.2f %%", 100 * share);
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }

    private static String format(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }

    private void add(String format, Object... values) {
        page.append(values.length == 0 ? format : format(format, values)).append('\n');
    }
}
