package digitstream.client;

import java.time.Duration;

/**
 * What to produce.
 *
 * @param images whether images are produced
 * @param labels whether their labels are
 * @param imagesPerSecond {@link Double#POSITIVE_INFINITY} for as many as can be
 * @param limit how many images, from the first; {@link Long#MAX_VALUE} for no end
 * @param labelDelay a label follows its image after a random time from zero to this
 * @param seed of the delays
 * @param idPrefix what image ids begin with; behind it stands the image's number, in nine digits
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
            throw new IllegalArgumentException("the rate must be over 0");
        }
        if (limit < 0 || labelDelay.isNegative()) {
            throw new IllegalArgumentException("the limit and the label delay must not be negative");
        }
    }

    /** The id of an image, by its number. */
    public String imageId(long number) {
        String digits = Long.toString(number);
        return idPrefix + "0".repeat(Math.max(0, 9 - digits.length())) + digits;
    }
}
