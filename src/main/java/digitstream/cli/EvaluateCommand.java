package digitstream.cli;

import digitstream.data.DigitData;
import digitstream.data.LabelledImages;
import digitstream.model.Classifier;
import digitstream.model.Engines;
import digitstream.model.LoadedModel;
import digitstream.model.ModelArtifact;
import digitstream.training.Evaluation;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code digitstream evaluate}. */
@Command(
        name = "evaluate",
        description = "Say how a model does on the test images of a data set.",
        mixinStandardHelpOptions = true)
final class EvaluateCommand implements Callable<Integer> {
    @Mixin
    private ModelOptions model = new ModelOptions();

    @Mixin
    private DataOptions data = new DataOptions();

    @Option(names = "--limit", paramLabel = "N", description = "Only the first N test images.")
    private int limit = Integer.MAX_VALUE;

    @Override
    public Integer call() {
        ModelArtifact artifact = model.open();
        DigitData digits = data.find(System.err::println);
        LabelledImages images =
                digits.test().slice(0, Math.max(1, Math.min(limit, digits.test().size())));
        Engines.forTraining();
        try (LoadedModel loaded = LoadedModel.load(artifact);
                Classifier classifier = loaded.newClassifier()) {
            print(artifact, Evaluation.of(classifier, images));
        }
        return 0;
    }

    private static void print(ModelArtifact artifact, Evaluation evaluation) {
        System.out.printf(
                Locale.ROOT,
                "%s %s: %.2f %% (%,d of %,d), %,.0f images/s%n%nactual   predicted%n       ",
                artifact.card().name(),
                artifact.card().version(),
                100 * evaluation.accuracy(),
                evaluation.correct(),
                evaluation.images(),
                evaluation.images() / evaluation.seconds());
        for (int digit = 0; digit < Classifier.CLASSES; digit++) {
            System.out.printf("%6d", digit);
        }
        System.out.println("   recall");
        for (int actual = 0; actual < Classifier.CLASSES; actual++) {
            System.out.printf("%6d ", actual);
            for (int predicted = 0; predicted < Classifier.CLASSES; predicted++) {
                System.out.printf("%6d", evaluation.confusion()[actual][predicted]);
            }
            System.out.printf(
                    Locale.ROOT,
                    "  %5.1f %%%n",
                    100 * evaluation.accuracyPerClass().get(actual));
        }
    }
}
