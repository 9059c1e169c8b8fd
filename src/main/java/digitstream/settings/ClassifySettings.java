package digitstream.settings;

import digitstream.common.EventTimeRange;
import java.time.Duration;

/**
 * The batching of images.
 *
 * @param batchMaxSize maximum number of images in a batch; a full batch is classified at once
 * @param batchMaxDelay how long the first image of a batch waits for others, by the wall clock
 * @param eventTimes the event times that images may have
 */
public record ClassifySettings(int batchMaxSize, Duration batchMaxDelay, EventTimeRange eventTimes) {
    public ClassifySettings {
        if (batchMaxSize < 1) {
            throw new IllegalArgumentException("batchMaxSize is " + batchMaxSize + "; it must be 1 or more");
        }
        if (batchMaxDelay.isNegative() || batchMaxDelay.isZero()) {
            throw new IllegalArgumentException("batchMaxDelay is " + batchMaxDelay + "; it must be greater than 0");
        }
    }
}
