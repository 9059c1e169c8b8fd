package digitstream.training.report;

import digitstream.accuracy.AccuracyCounts;
import digitstream.accuracy.WilsonInterval;
import digitstream.common.Digits;
import digitstream.common.GreyPng;
import digitstream.model.ModelCard;
import digitstream.model.Network;
import digitstream.training.Evaluation;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The values of the report's page, formatted; the template escapes them.
 *
 * @param plots file name to PNG; may lack any of them
 */
record ReportView(ModelCard card, Evaluation evaluation, Map<String, byte[]> plots) {
    private static final int MAX_MISTAKES = 60;

    record Entry(String name, String value) {}

    /**
     * A cell of the confusion matrix.
     *
     * @param kind the CSS class: correct or wrong
     * @param strength the opacity of its colour, 0 to 1
     */
    record Cell(String kind, String strength, String count) {}

    record Bin(String range, String images, String confidence, String accuracy) {}

    /**
     * A misclassified image.
     *
     * @param image its index in the data
     */
    record Mistake(int image, int actual, String predicted, String dataUri) {}

    String title() {
        return card.name() + " " + card.version();
    }

    String data() {
        return evaluation.data();
    }

    List<Entry> facts() {
        long correct = counts().correct();
        int images = evaluation.images().size();
        WilsonInterval interval = WilsonInterval.of(correct, images);
        return List.of(
                new Entry("accuracy", percent(evaluation.accuracy())),
                new Entry(
                        "95 % confidence interval (Wilson)",
                        format("%.2f to %.2f %%", 100 * interval.low(), 100 * interval.high())),
                new Entry("images misclassified", format("%,d of %,d", images - correct, images)),
                new Entry("mean cross-entropy (nats)", format("%.4f", evaluation.loss())),
                new Entry("expected calibration error", calibrationError()));
    }

    /** A plot as a data URI; null where it was not drawn. */
    @Nullable
    String plot(String file) {
        byte[] png = plots.get(file);
        return png == null ? null : dataUri(png);
    }

    List<Integer> digits() {
        return IntStream.range(0, Digits.CLASSES).boxed().toList();
    }

    /** A row of the confusion matrix: a cell for each predicted digit. */
    List<Cell> confusion(int actual) {
        long largest = largestConfusion();
        List<Cell> cells = new ArrayList<>();
        for (int predicted : digits()) {
            long count = counts().confusion(actual, predicted);
            boolean correct = actual == predicted;
            cells.add(new Cell(
                    correct ? "correct" : "wrong",
                    format("%.3f", correct ? 0.25 : 0.75 * count / largest),
                    count == 0 ? "" : number(count)));
        }
        return cells;
    }

    private long largestConfusion() {
        long largest = 1;
        for (int actual : digits()) {
            for (int predicted : digits()) {
                largest = actual == predicted ? largest : Math.max(largest, counts().confusion(actual, predicted));
            }
        }
        return largest;
    }

    String images(int digit) {
        return number(counts().support(digit));
    }

    String precision(int digit) {
        return percent(evaluation.precision(digit));
    }

    String recall(int digit) {
        return percent(evaluation.recall(digit));
    }

    String f1(int digit) {
        return percent(evaluation.f1(digit));
    }

    String calibrationError() {
        return percent(counts().expectedCalibrationError().orElse(Double.NaN));
    }

    /** The bins of confidence that hold an image. */
    List<Bin> confidenceBins() {
        List<Bin> bins = new ArrayList<>();
        for (int bin = 0; bin < AccuracyCounts.CONFIDENCE_BINS; bin++) {
            long images = counts().binCount(bin);
            if (images > 0) {
                bins.add(new Bin(
                        format(
                                "%.0f to %.0f %%",
                                100.0 * bin / AccuracyCounts.CONFIDENCE_BINS,
                                100.0 * (bin + 1) / AccuracyCounts.CONFIDENCE_BINS),
                        number(images),
                        percent(counts().binConfidence(bin) / images),
                        percent((double) counts().binCorrect(bin) / images)));
            }
        }
        return bins;
    }

    String mistakesSummary() {
        int mistakes = evaluation.mistakes().size();
        if (mistakes == 0) {
            return "Every image was classified correctly.";
        }
        if (mistakes == 1) {
            return "One image was misclassified.";
        }
        return mistakes <= MAX_MISTAKES
                ? format("All %d misclassified images, the most confident first.", mistakes)
                : format("The %d most confident of %,d misclassified images.", MAX_MISTAKES, mistakes);
    }

    /** The first {@value #MAX_MISTAKES} misclassified images, the most confident first. */
    List<Mistake> mistakes() {
        return evaluation.mistakes().stream()
                .limit(MAX_MISTAKES)
                .map(image -> new Mistake(
                        image,
                        evaluation.images().label(image),
                        format(
                                "predicted %d (%.0f %%)",
                                evaluation.predicted()[image], 100 * evaluation.confidence()[image]),
                        dataUri(GreyPng.encode(
                                evaluation.images().pixels(image),
                                evaluation.images().width(),
                                evaluation.images().height()))))
                .toList();
    }

    /** How the model was trained; empty where that is not known. */
    List<Entry> training() {
        ModelCard.Training training = card.training();
        if (training == null) {
            return List.of();
        }
        return List.of(
                new Entry("preset", orElse(training.preset(), "-")),
                new Entry(
                        "data",
                        format(
                                "%s, %,d images, SHA-256 %s",
                                training.data(), training.images(), training.dataSha256())),
                new Entry("epochs", format("%d, in batches of %d", training.epochs(), training.batchSize())),
                new Entry(
                        "weights kept",
                        format("after epoch %d: %s", training.bestEpoch(), orElse(training.selection(), "-"))),
                new Entry("optimiser", training.optimiser() + ", learning rate " + training.learningRate()),
                new Entry("augmentation", orElse(training.augmentation(), "none")),
                new Entry("seed", "" + training.seed()),
                new Entry("device", format("%s, %d threads", training.device(), training.threads())),
                new Entry("time", format("%.1f s", training.seconds())),
                new Entry(
                        "software",
                        card.software().entrySet().stream()
                                .sorted(Map.Entry.comparingByKey())
                                .map(it -> it.getKey() + " " + it.getValue())
                                .collect(Collectors.joining(", "))),
                new Entry("model.pt", "SHA-256 " + card.sha256()));
    }

    @Nullable
    Network network() {
        return card.network();
    }

    static String number(long number) {
        return format("%,d", number);
    }

    private AccuracyCounts counts() {
        return evaluation.counts();
    }

    private static String orElse(@Nullable String value, String other) {
        return value == null ? other : value;
    }

    private static String percent(double share) {
        return Double.isNaN(share) ? "-" : format("%.2f %%", 100 * share);
    }

    private static String dataUri(byte[] png) {
        return "data:image/png;base64," + Base64.getEncoder().encodeToString(png);
    }

    private static String format(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
