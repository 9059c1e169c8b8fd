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
 * @param validationImages how many there are
 * @param imagesPerSecond trained on
 */
public record EpochResult(
        int epoch,
        double loss,
        double totalLoss,
        double accuracy,
        @Nullable Double validationLoss,
        @Nullable Double validationAccuracy,
        int validationImages,
        double imagesPerSecond) {

    /** Validation images that were classified wrongly; 0 where there are none. */
    double validationErrors() {
        return validationAccuracy == null ? 0 : (1 - validationAccuracy) * validationImages;
    }
}
