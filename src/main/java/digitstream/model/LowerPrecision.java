package digitstream.model;

import java.util.Locale;

/**
 * A model's accuracy in a lower precision than float32, measured on labelled images.
 *
 * @param dtype of the lower precision; always {@value #BFLOAT16}
 * @param images number of images
 * @param correct number of correct predictions in the lower precision
 * @param correctInFloat32 number of correct predictions in float32, for the same images
 */
public record LowerPrecision(String dtype, int images, int correct, int correctInFloat32) {
    public static final String BFLOAT16 = "bfloat16";

    /** The reciprocal of the accuracy that a model may lose: 0.02 percentage points. */
    private static final int IMAGES_PER_LOST = 5_000;

    /** Requires a possible result; the field is named in the message. */
    void check() {
        if (!BFLOAT16.equals(dtype)) {
            throw new ModelException("lowerPrecision.dtype is " + dtype + "; only " + BFLOAT16 + " is supported");
        }
        if (images < 1) {
            throw new ModelException("lowerPrecision.images is " + images + "; it must be 1 or more");
        }
        requireCount("correct", correct);
        requireCount("correctInFloat32", correctInFloat32);
    }

    private void requireCount(String field, int count) {
        if (count < 0 || count > images) {
            throw new ModelException("lowerPrecision." + field + " is " + count + "; it must be 0 to " + images);
        }
    }

    /**
     * Whether the model may be run in this precision: if it loses at most 0.02 percentage points of accuracy, measured on at
     * least 5,000 images. With fewer images, a single one is more than that.
     */
    public boolean permits() {
        return images >= IMAGES_PER_LOST && (long) (correctInFloat32 - correct) * IMAGES_PER_LOST <= images;
    }

    /** Returns the measurement in a sentence without a full stop. */
    public String describe() {
        return String.format(
                Locale.ROOT, "%s had %,d of %,d images right, float32 %,d", dtype, correct, images, correctInFloat32);
    }
}
