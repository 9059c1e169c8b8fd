package digitstream.accuracy;

import digitstream.common.Digits;
import java.util.Optional;

/**
 * The distribution of predictions by class and confidence, and the accuracy estimated from calibrated confidence. Needs no
 * labels. Additive, mutable and not thread-safe.
 */
public final class PredictionMix {
    private final long[] classes = new long[Digits.CLASSES];
    private final long[] confidenceBins = new long[AccuracyCounts.CONFIDENCE_BINS];
    private double confidenceSum;
    private double calibratedSum;
    private double calibratedSquares;
    private long count;

    /**
     * Adds a prediction.
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
        calibratedSquares += calibrated * calibrated;
        count++;
    }

    /** Adds the other mix to this one. */
    public void add(PredictionMix other) {
        for (int i = 0; i < classes.length; i++) {
            classes[i] += other.classes[i];
        }
        for (int i = 0; i < confidenceBins.length; i++) {
            confidenceBins[i] += other.confidenceBins[i];
        }
        confidenceSum += other.confidenceSum;
        calibratedSum += other.calibratedSum;
        calibratedSquares += other.calibratedSquares;
        count += other.count;
    }

    /** The number of predictions. */
    public long count() {
        return count;
    }

    /** The number of predictions of each digit, 0 to 9. */
    public long[] classes() {
        return classes.clone();
    }

    /** The number of predictions in each confidence bin; the bins end at 1/15, 2/15 ... 1. */
    public long[] confidenceBins() {
        return confidenceBins.clone();
    }

    public Optional<Double> meanConfidence() {
        return count == 0 ? Optional.empty() : Optional.of(confidenceSum / count);
    }

    /** The mean calibrated confidence, an estimate of the accuracy; empty without predictions. */
    public Optional<Double> estimatedAccuracy() {
        return count == 0 ? Optional.empty() : Optional.of(calibratedSum / count);
    }

    /** The standard error of the estimated accuracy; empty without predictions. */
    public Optional<Double> standardError() {
        return estimatedAccuracy().map(mean -> Math.sqrt(Math.max(0, calibratedSquares / count - mean * mean) / count));
    }
}
