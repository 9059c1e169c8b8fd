package digitstream.training;

import digitstream.data.LabelledImages;
import digitstream.model.Classifier;
import digitstream.model.LoadedModel;
import digitstream.model.LowerPrecision;
import java.util.List;
import java.util.Optional;

/** What a trained model loses in bfloat16. */
final class PrecisionLoss {
    private PrecisionLoss() {}

    /**
     * Counts the correct predictions for all images, those of training included: this measures rounding, not what the network has
     * learned, and needs many images. It takes less time than an epoch.
     *
     * @param float32 a classifier of the model in float32
     * @return empty if the network or the machine can't compute in bfloat16
     */
    static Optional<LowerPrecision> measure(LoadedModel model, Classifier float32, DividedImages images) {
        Optional<Classifier> lower = model.newBfloat16Classifier();
        if (lower.isEmpty()) {
            return Optional.empty();
        }
        try (Classifier bfloat16 = lower.get()) {
            List<LabelledImages> all = images.all();
            return Optional.of(new LowerPrecision(
                    LowerPrecision.BFLOAT16,
                    all.stream().mapToInt(LabelledImages::size).sum(),
                    correct(bfloat16, all),
                    correct(float32, all)));
        }
    }

    private static int correct(Classifier classifier, List<LabelledImages> parts) {
        return parts.stream()
                .mapToInt(part -> Math.toIntExact(
                        Evaluation.of(classifier, "the images", part).counts().correct()))
                .sum();
    }
}
