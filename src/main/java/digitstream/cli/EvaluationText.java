package digitstream.cli;

import digitstream.accuracy.AccuracyCounts;
import digitstream.accuracy.WilsonInterval;
import digitstream.common.Digits;
import digitstream.model.ModelArtifact;
import digitstream.training.Comparison;
import digitstream.training.Evaluation;
import java.io.PrintStream;
import java.util.Locale;

/** Prints an evaluation as plain text. */
final class EvaluationText {
    private EvaluationText() {}

    static void print(PrintStream out, ModelArtifact artifact, Evaluation evaluation) {
        AccuracyCounts counts = evaluation.counts();
        int images = evaluation.images().size();
        WilsonInterval interval = WilsonInterval.of(counts.correct(), images);
        out.printf(
                Locale.ROOT,
                "%s: %.2f %% (%,d of %,d; 95 %% interval %.2f to %.2f %%) of %s%n"
                        + "loss %.4f, calibration error %.2f points, %,.0f images/s%n%nactual  predicted%n       ",
                name(artifact),
                100 * evaluation.accuracy(),
                counts.correct(),
                images,
                100 * interval.low(),
                100 * interval.high(),
                evaluation.data(),
                evaluation.loss(),
                100 * counts.expectedCalibrationError().orElse(Double.NaN),
                images / evaluation.seconds());
        for (int digit = 0; digit < Digits.CLASSES; digit++) {
            out.printf("%6d", digit);
        }
        out.println("  precision   recall       F1");
        for (int actual = 0; actual < Digits.CLASSES; actual++) {
            out.printf("%6d ", actual);
            for (int predicted = 0; predicted < Digits.CLASSES; predicted++) {
                out.printf("%6d", counts.confusion(actual, predicted));
            }
            out.printf(
                    Locale.ROOT,
                    "  %9s%9s%9s%n",
                    percent(evaluation.precision(actual)),
                    percent(evaluation.recall(actual)),
                    percent(evaluation.f1(actual)));
        }
    }

    static void print(PrintStream out, ModelArtifact first, ModelArtifact second, Comparison comparison) {
        out.printf(
                Locale.ROOT,
                "%nCompared with %s: %.2f %% (%,d of %,d)%n"
                        + "only %s correct: %d, only %s correct: %d; McNemar: %s%n",
                name(second),
                100 * comparison.second().accuracy(),
                comparison.second().counts().correct(),
                comparison.second().images().size(),
                name(first),
                comparison.mcNemar().onlyFirst(),
                name(second),
                comparison.mcNemar().onlySecond(),
                comparison.verdict());
    }

    private static String name(ModelArtifact artifact) {
        return artifact.card().name() + " " + artifact.card().version();
    }

    private static String percent(double share) {
        return Double.isNaN(share) ? "-" : String.format(Locale.ROOT, "%.1f %%", 100 * share);
    }
}
