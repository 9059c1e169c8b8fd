package digitstream.training;

import org.jspecify.annotations.Nullable;

/**
 * How an epoch went.
 *
 * @param epoch 1 for the first
 * @param loss mean cross-entropy of its images as they were trained on, in nats
 * @param totalLoss the sum of its steps' mean losses, which is what the tutorial printed
 * @param accuracy of its images as they were trained on, 0 to 1
 * @param validationLoss mean cross-entropy of the validation images behind it; null where there are none
 * @param validationAccuracy likewise, 0 to 1
 * @param imagesPerSecond trained on
 */
public record EpochResult(
        int epoch,
        double loss,
        double totalLoss,
        double accuracy,
        @Nullable Double validationLoss,
        @Nullable Double validationAccuracy,
        double imagesPerSecond) {

    /** Whether its weights are to be kept rather than another epoch's: fewer errors, then a smaller loss; else the later's. */
    boolean isBetterThan(EpochResult other) {
        if (validationAccuracy == null || other.validationAccuracy == null) {
            return epoch > other.epoch;
        }
        int errors = Double.compare(validationAccuracy, other.validationAccuracy);
        if (errors != 0 || validationLoss == null || other.validationLoss == null) {
            return errors > 0;
        }
        return validationLoss < other.validationLoss;
    }
}
