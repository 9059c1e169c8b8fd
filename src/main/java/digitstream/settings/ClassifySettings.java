package digitstream.settings;

import digitstream.common.EventTimeRange;
import digitstream.common.InferencePrecision;
import java.time.Duration;

/**
 * The batching of images, and how they are classified.
 *
 * @param batchMaxSize maximum number of images in a batch
 * @param batchMaxDelay how long the next poll waits for more images after a poll that returned less than a batch
 * @param latencyTarget the time from an image's arrival to its readable prediction that 99 of 100 images should not exceed
 * @param precision the arithmetic in which the model may be run
 * @param eventTimes the event times that images may have
 */
public record ClassifySettings(
        int batchMaxSize,
        Duration batchMaxDelay,
        Duration latencyTarget,
        InferencePrecision precision,
        EventTimeRange eventTimes) {
    public ClassifySettings {
        if (batchMaxSize < 1) {
            throw new IllegalArgumentException("batchMaxSize is " + batchMaxSize + "; it must be 1 or more");
        }
        if (batchMaxDelay.isNegative() || batchMaxDelay.isZero()) {
            throw new IllegalArgumentException("batchMaxDelay is " + batchMaxDelay + "; it must be greater than 0");
        }
        if (latencyTarget.isNegative() || latencyTarget.isZero()) {
            throw new IllegalArgumentException("latencyTarget is " + latencyTarget + "; it must be greater than 0");
        }
    }
}
