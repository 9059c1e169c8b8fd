package digitstream.training;

import org.jspecify.annotations.Nullable;

/**
 * The results of an epoch. Training figures are over the augmented images, computed during the epoch.
 *
 * @param epoch 1 for the first
 * @param loss mean cross-entropy of the training images, in nats
 * @param totalLoss sum of the steps' mean losses, as the tutorial prints it
 * @param accuracy on the training images, 0 to 1
 * @param validationLoss mean cross-entropy of the validation images after the epoch, in nats; null without validation images
 * @param validationAccuracy accuracy on them, 0 to 1; null without validation images
 * @param validationImages number of validation images
 * @param imagesPerSecond training throughput
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

    /** The number of misclassified validation images; 0 without validation images. */
    double validationErrors() {
        return validationAccuracy == null ? 0 : (1 - validationAccuracy) * validationImages;
    }
}
