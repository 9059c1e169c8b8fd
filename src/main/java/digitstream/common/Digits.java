package digitstream.common;

/** The classes and image size of MNIST, which all images in this project share: 10 digits, 28 x 28 grey pixels. */
public final class Digits {
    /** The number of classes: the digits 0 to 9. */
    public static final int CLASSES = 10;

    /** The width and height of an image, in pixels. */
    public static final int SIDE = 28;

    /** The number of pixels in an image; one unsigned byte each, row by row. */
    public static final int PIXELS = SIDE * SIDE;

    private Digits() {}

    /**
     * Returns the class with the highest probability.
     *
     * @param probabilities the probabilities of one or more images, {@value #CLASSES} each, concatenated
     * @param from the index of the image's first probability
     * @return 0 to 9; on ties, the lowest
     */
    public static int argmax(float[] probabilities, int from) {
        int best = 0;
        for (int digit = 1; digit < CLASSES; digit++) {
            if (probabilities[from + digit] > probabilities[from + best]) {
                best = digit;
            }
        }
        return best;
    }
}
