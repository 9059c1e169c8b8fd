package digitstream.accuracy;

import digitstream.common.Digits;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A model's predictions on its validation images, the reference for drift and for the estimated accuracy.
 *
 * @param predictedPerClass number of images predicted as each class
 * @param confidenceBins number of images per confidence bin; the bins end at 1/15, 2/15 ... 1
 * @param temperature temperature for {@link Calibration}; null if none was fitted, in which case the model's confidence
 *     is no estimate of its accuracy
 * @param accuracy the fraction of correct predictions, 0 to 1
 */
public record Baseline(
        List<Long> predictedPerClass, List<Long> confidenceBins, @Nullable Double temperature, double accuracy) {
    public Baseline {
        predictedPerClass = List.copyOf(predictedPerClass);
        confidenceBins = List.copyOf(confidenceBins);
        if (predictedPerClass.size() != Digits.CLASSES || confidenceBins.size() != AccuracyCounts.CONFIDENCE_BINS) {
            throw new IllegalArgumentException("the baseline has " + predictedPerClass.size() + " classes and "
                    + confidenceBins.size() + " confidence bins; it must have " + Digits.CLASSES + " and "
                    + AccuracyCounts.CONFIDENCE_BINS);
        }
        if (temperature != null && (!(temperature > 0) || Double.isInfinite(temperature))) {
            throw new IllegalArgumentException(
                    "the temperature is " + temperature + "; it must be finite and greater than 0");
        }
        if (!(accuracy >= 0 && accuracy <= 1)) {
            throw new IllegalArgumentException("the accuracy is " + accuracy + "; it must be 0 to 1");
        }
    }

    /** The temperature, or 1 (no change) if none was fitted. */
    public double scale() {
        return temperature == null ? 1 : temperature;
    }

    /** The population stability index of the predicted classes relative to this baseline. */
    public double classDrift(PredictionMix mix) {
        return Drift.populationStabilityIndex(mix.classes(), predictedPerClass);
    }

    /** The population stability index of the confidences relative to this baseline. */
    public double confidenceDrift(PredictionMix mix) {
        return Drift.populationStabilityIndex(mix.confidenceBins(), confidenceBins);
    }

    /** How unlike the validation images those of the mix are: the larger drift of both. */
    public double drift(PredictionMix mix) {
        return Math.max(classDrift(mix), confidenceDrift(mix));
    }

    /** The estimated accuracy of a mix whose confidences were calibrated; empty if no temperature was fitted. */
    public Optional<EstimatedAccuracy> estimate(PredictionMix mix) {
        return temperature == null
                ? Optional.empty()
                : mix.estimatedAccuracy()
                        .map(confidence -> EstimatedAccuracy.of(confidence, mix.count(), accuracy, images()));
    }

    /** The number of validation images; at least 1. */
    private long images() {
        return Math.max(1, predictedPerClass.stream().mapToLong(Long::longValue).sum());
    }
}
