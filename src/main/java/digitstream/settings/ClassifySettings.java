package digitstream.settings;

import java.time.Duration;

/**
 * How images are put together into batches.
 *
 * @param batchMaxSize images; a batch that has as many is classified at once
 * @param batchMaxDelay how long the first image of a batch waits for others, by the wall clock
 */
public record ClassifySettings(int batchMaxSize, Duration batchMaxDelay) {
    public ClassifySettings {
        if (batchMaxSize < 1) {
            throw new IllegalArgumentException("batchMaxSize is " + batchMaxSize + ", not 1 or more");
        }
        if (batchMaxDelay.isNegative() || batchMaxDelay.isZero()) {
            throw new IllegalArgumentException("batchMaxDelay is " + batchMaxDelay + ", not over 0");
        }
    }
}
