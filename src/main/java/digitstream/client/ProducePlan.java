package digitstream.client;

import java.time.Duration;

/**
 * What a {@link DigitProducer} produces.
 *
 * @param images whether to produce images
 * @param labels whether to produce labels
 * @param imagesPerSecond greater than 0; {@link Double#POSITIVE_INFINITY} for no limit
 * @param limit the number of images; {@link Long#MAX_VALUE} for no limit
 * @param labelDelay the maximum of the random delay between an image and its label
 * @param seed of the random delays
 * @param idPrefix the prefix of the image ids; the nine-digit image number follows it
 */
public record ProducePlan(
        boolean images,
        boolean labels,
        double imagesPerSecond,
        long limit,
        Duration labelDelay,
        long seed,
        String idPrefix) {
    public ProducePlan {
        if (!(imagesPerSecond > 0)) {
            throw new IllegalArgumentException("the rate is " + imagesPerSecond + "; it must be greater than 0");
        }
        if (limit < 0 || labelDelay.isNegative()) {
            throw new IllegalArgumentException("the limit and the label delay must not be negative");
        }
    }

    /** Returns the id of the image with this number. */
    public String imageId(long number) {
        String digits = Long.toString(number);
        return idPrefix + "0".repeat(Math.max(0, 9 - digits.length())) + digits;
    }
}
