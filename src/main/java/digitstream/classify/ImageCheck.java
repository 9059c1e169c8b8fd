package digitstream.classify;

import digitstream.accuracy.RecordFaults;
import digitstream.avro.DigitImage;
import digitstream.common.EventTimeRange;
import java.util.Optional;

/**
 * Validates images before classification.
 *
 * @param width in pixels, as the model expects it
 * @param height in pixels
 * @param times the event times that images may have
 */
record ImageCheck(int width, int height, EventTimeRange times) {
    /** What is wrong with an image or its record key, in one line, or empty if it is valid. */
    Optional<String> fault(byte[] key, DigitImage image, long nowMillis) {
        int pixels = image.getPixels().remaining();
        Optional<String> idFault = RecordFaults.ofId(key, image.getImageId());
        if (idFault.isPresent()) {
            return idFault;
        }
        if (image.getWidth() != width || image.getHeight() != height) {
            return Optional.of("the image is " + image.getWidth() + " by " + image.getHeight()
                    + " pixels; the model expects " + width + " by " + height);
        }
        if (pixels != width * height) {
            return Optional.of("the image has " + pixels + " bytes of pixels; it must have " + width + " * " + height
                    + " = " + width * height);
        }
        return times.fault("eventTime", image.getEventTime().toEpochMilli(), nowMillis);
    }
}
