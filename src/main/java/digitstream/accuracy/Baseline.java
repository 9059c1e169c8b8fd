package digitstream.accuracy;

import digitstream.common.Digits;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a model predicted on its validation images: what a stream that is like them is expected to look like.
 *
 * @param predictedPerClass how many images were said to be of each class
 * @param confidenceBins how many were classified with a confidence of up to 1/15, 2/15 ... 1
 * @param temperature that its probabilities are to be calibrated with ({@link Calibration}); null where it was not fitted: then
 *     the model's confidence is no estimate of its accuracy
 */
public record Baseline(List<Long> predictedPerClass, List<Long> confidenceBins, @Nullable Double temperature) {
    public Baseline {
        predictedPerClass = List.copyOf(predictedPerClass);
        confidenceBins = List.copyOf(confidenceBins);
        if (predictedPerClass.size() != Digits.CLASSES || confidenceBins.size() != AccuracyCounts.CONFIDENCE_BINS) {
            throw new IllegalArgumentException("a baseline has " + Digits.CLASSES + " classes and "
                    + AccuracyCounts.CONFIDENCE_BINS + " confidence bins, not " + predictedPerClass.size() + " and "
                    + confidenceBins.size());
        }
        if (temperature != null && (!(temperature > 0) || Double.isInfinite(temperature))) {
            throw new IllegalArgumentException("the temperature is " + temperature + ", not over 0");
        }
    }

    /** What probabilities are to be scaled with: 1, which leaves them as they are, where no temperature was fitted. */
    public double scale() {
        return temperature == null ? 1 : temperature;
    }

    /** How far a stream's classes are from this. */
    public double classDrift(PredictionMix mix) {
        return Drift.populationStabilityIndex(mix.classes(), predictedPerClass);
    }

    /** How far a stream's confidences are from this. */
    public double confidenceDrift(PredictionMix mix) {
        return Drift.populationStabilityIndex(mix.confidenceBins(), confidenceBins);
    }
}
