package digitstream.accuracy;

import digitstream.common.Digits;
import java.util.Optional;

/**
 * What was predicted, before any label comes: how often each class, with which confidence, and how often that is right if the
 * confidence is calibrated. Additive. Changes in place; used by one thread at a time.
 */
public final class PredictionMix {
    private final long[] classes = new long[Digits.CLASSES];
    private final long[] confidenceBins = new long[AccuracyCounts.CONFIDENCE_BINS];
    private double confidenceSum;
    private double calibratedSum;
    private long count;

    /**
     * A prediction.
     *
     * @param label 0 to 9
     * @param confidence 0 to 1
     * @param calibrated the confidence after {@link Calibration}, 0 to 1
     */
    public void add(int label, double confidence, double calibrated) {
        classes[label]++;
        confidenceBins[AccuracyCounts.bin(confidence)]++;
        confidenceSum += confidence;
        calibratedSum += calibrated;
        count++;
    }

    /** Adds all of another's counts to this one's. */
    public void add(PredictionMix other) {
        for (int i = 0; i < classes.length; i++) {
            classes[i] += other.classes[i];
        }
        for (int i = 0; i < confidenceBins.length; i++) {
            confidenceBins[i] += other.confidenceBins[i];
        }
        confidenceSum += other.confidenceSum;
        calibratedSum += other.calibratedSum;
        count += other.count;
    }

    /** Predictions. */
    public long count() {
        return count;
    }

    /** How many predictions said each of the digits 0 to 9. */
    public long[] classes() {
        return classes.clone();
    }

    /** How many had a confidence of up to 1/15, 2/15 ... 1. */
    public long[] confidenceBins() {
        return confidenceBins.clone();
    }

    public Optional<Double> meanConfidence() {
        return count == 0 ? Optional.empty() : Optional.of(confidenceSum / count);
    }

    /** The mean of the calibrated confidences: the share of predictions that are right, as far as the model can know. */
    public Optional<Double> estimatedAccuracy() {
        return count == 0 ? Optional.empty() : Optional.of(calibratedSum / count);
    }
}
