package digitstream.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import digitstream.accuracy.AccuracyCounts;
import digitstream.accuracy.WilsonInterval;
import digitstream.common.Digits;
import digitstream.common.InferencePrecision;
import digitstream.common.Json;
import digitstream.data.DigitData;
import digitstream.data.LabelledImages;
import digitstream.model.Classifier;
import digitstream.model.Engines;
import digitstream.model.LoadedModel;
import digitstream.model.ModelArtifact;
import digitstream.training.Comparison;
import digitstream.training.Evaluation;
import digitstream.training.report.Report;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code digitstream evaluate}. */
@Command(
        name = "evaluate",
        description = {
            "Measure the accuracy of a model on a data set.",
            "Prints accuracy, loss, calibration error, speed and the confusion matrix. With --compare, also tests whether"
                    + " another model is better."
        },
        mixinStandardHelpOptions = true)
final class EvaluateCommand implements Callable<Integer> {
    @Mixin
    private ModelOptions model = new ModelOptions();

    @Mixin
    private DataOptions data = new DataOptions();

    @Mixin
    private DataOptions.DrawnOption drawn = new DataOptions.DrawnOption();

    /** A part of a data set. */
    enum Part {
        TEST,
        TRAINING,
        ALL
    }

    @Option(
            names = "--part",
            paramLabel = "PART",
            defaultValue = "test",
            description = "The images to evaluate on: test, training or all (default: ${DEFAULT-VALUE}).")
    private Part part = Part.TEST;

    @Option(names = "--limit", paramLabel = "N", description = "Evaluate on the first N images only.")
    private int limit = Integer.MAX_VALUE;

    @Option(
            names = "--compare",
            paramLabel = "DIR",
            description = "Compare with the model in this folder, on the same images, using McNemar's test.")
    private @Nullable Path compare;

    @Option(
            names = "--report",
            paramLabel = "DIR",
            description = "Write report.html and its plots to this folder; it is created if it does not exist.")
    private @Nullable Path report;

    @Option(names = "--json", description = "Print the result as JSON.")
    private boolean json;

    @Override
    public Integer call() throws IOException {
        Values.requireAtLeastOne("--limit", limit);
        if (report != null) {
            Writable.requireFolder("--report", report);
        }
        ModelArtifact artifact = model.open();
        ModelArtifact other = compare == null ? null : ModelArtifact.open(compare);
        UserFolders.ofProcess().setEngineCache();
        Engines.forTraining();
        // In float32, as in the card. Both models are tested before the images are read, which can take long.
        try (LoadedModel loaded = LoadedModel.load(artifact, InferencePrecision.FLOAT32);
                LoadedModel otherLoaded = other == null ? null : LoadedModel.load(other, InferencePrecision.FLOAT32)) {
            DigitData digits = data.find(drawn, System.err::println);
            LabelledImages images = images(digits);
            String name = digits.name() + ", " + part.toString().toLowerCase(Locale.ROOT) + " images";
            Evaluation evaluation = evaluate(loaded, name, images);
            Comparison comparison =
                    otherLoaded == null ? null : Comparison.of(evaluation, evaluate(otherLoaded, name, images));
            print(artifact, evaluation, other, comparison, digits);
        }
        return 0;
    }

    private void print(
            ModelArtifact artifact,
            Evaluation evaluation,
            @Nullable ModelArtifact other,
            @Nullable Comparison comparison,
            DigitData digits)
            throws JsonProcessingException {
        if (json) {
            System.out.println(toJson(artifact, evaluation, other, comparison, digits));
        } else {
            EvaluationText.print(System.out, artifact, evaluation);
            if (other != null && comparison != null) {
                EvaluationText.print(System.out, artifact, other, comparison);
            }
        }
        if (report != null) {
            write(report, Report.of(artifact.card(), evaluation, List.of()).files());
            System.err.println("Wrote " + report.resolve("report.html"));
        }
    }

    private static void write(Path report, Map<String, byte[]> files) {
        Path file = report;
        try {
            Files.createDirectories(report);
            for (Map.Entry<String, byte[]> content : files.entrySet()) {
                file = report.resolve(content.getKey());
                Files.write(file, content.getValue());
            }
        } catch (IOException e) {
            throw Writable.cannotWrite("the file of --report", file, e);
        }
    }

    private LabelledImages images(DigitData digits) {
        LabelledImages images =
                switch (part) {
                    case TEST -> digits.test();
                    case TRAINING -> digits.training();
                    case ALL -> digits.all();
                };
        return images.slice(0, Math.min(limit, images.size()));
    }

    private static Evaluation evaluate(LoadedModel model, String name, LabelledImages images) {
        try (Classifier classifier = model.newClassifier()) {
            return Evaluation.of(classifier, name, images);
        }
    }

    private static String toJson(
            ModelArtifact artifact,
            Evaluation evaluation,
            @Nullable ModelArtifact other,
            @Nullable Comparison comparison,
            DigitData digits)
            throws JsonProcessingException {
        Map<String, Object> result = figures(artifact, evaluation);
        result.put("dataSet", DataOptions.describe(digits));
        if (other != null && comparison != null) {
            Map<String, Object> compared = figures(other, comparison.second());
            compared.put("onlyFirstCorrect", comparison.mcNemar().onlyFirst());
            compared.put("onlySecondCorrect", comparison.mcNemar().onlySecond());
            compared.put("mcNemarPValue", comparison.mcNemar().pValue());
            compared.put("verdict", comparison.verdict());
            result.put("comparedWith", compared);
        }
        return Json.INDENTED.writeValueAsString(result);
    }

    private static Map<String, Object> figures(ModelArtifact artifact, Evaluation evaluation) {
        AccuracyCounts counts = evaluation.counts();
        WilsonInterval interval =
                WilsonInterval.of(counts.correct(), evaluation.images().size());
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("model", artifact.card().name());
        figures.put("version", artifact.card().version());
        figures.put("data", evaluation.data());
        figures.put("images", evaluation.images().size());
        figures.put("correct", counts.correct());
        figures.put("accuracy", evaluation.accuracy());
        figures.put("accuracyLow", interval.low());
        figures.put("accuracyHigh", interval.high());
        figures.put("loss", evaluation.loss());
        figures.put(
                "expectedCalibrationError", counts.expectedCalibrationError().orElse(null));
        figures.put("imagesPerSecond", evaluation.images().size() / evaluation.seconds());
        List<Map<String, Object>> classes = new ArrayList<>();
        List<List<Long>> confusion = new ArrayList<>();
        for (int digit = 0; digit < Digits.CLASSES; digit++) {
            Map<String, Object> its = new LinkedHashMap<>();
            its.put("digit", digit);
            its.put("images", counts.support(digit));
            its.put("precision", orNull(evaluation.precision(digit)));
            its.put("recall", orNull(evaluation.recall(digit)));
            its.put("f1", orNull(evaluation.f1(digit)));
            classes.add(its);
            List<Long> row = new ArrayList<>();
            for (int predicted = 0; predicted < Digits.CLASSES; predicted++) {
                row.add(counts.confusion(digit, predicted));
            }
            confusion.add(row);
        }
        figures.put("classes", classes);
        figures.put("confusion", confusion);
        return figures;
    }

    private static @Nullable Double orNull(double value) {
        return Double.isNaN(value) ? null : (Double) value;
    }
}
