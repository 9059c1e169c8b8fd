package digitstream.classify;

import static java.nio.charset.StandardCharsets.UTF_8;

import digitstream.avro.DigitImage;
import java.util.Optional;

/** Validates images before classification. */
record ImageCheck(int width, int height) {
    private static final int MAX_ID_CHARACTERS = 256;

    /** What is wrong with an image or its record key, in one line, or empty if it is valid. */
    Optional<String> fault(byte[] key, DigitImage image) {
        String id = image.getImageId();
        int pixels = image.getPixels().remaining();
        if (id.isEmpty() || id.length() > MAX_ID_CHARACTERS) {
            return Optional.of(
                    "the image id has " + id.length() + " characters; it must have 1 to " + MAX_ID_CHARACTERS);
        }
        if (!id.equals(new String(key, UTF_8))) {
            return Optional.of("the record's key is not the image id '" + id + "' in UTF-8");
        }
        if (image.getWidth() != width || image.getHeight() != height) {
            return Optional.of("the image is " + image.getWidth() + " by " + image.getHeight()
                    + " pixels; the model expects " + width + " by " + height);
        }
        if (pixels != width * height) {
            return Optional.of("the image has " + pixels + " bytes of pixels; it must have " + width + " * " + height
                    + " = " + width * height);
        }
        return Optional.empty();
    }
}
