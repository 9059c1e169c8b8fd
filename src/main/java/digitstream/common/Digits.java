package digitstream.common;

/** What every image of this project is: one of ten digits, in 28 by 28 grey pixels, as in MNIST. */
public final class Digits {
    /** The number of classes: the digits 0 to 9. */
    public static final int CLASSES = 10;

    /** The width and the height of an image, in pixels. */
    public static final int SIDE = 28;

    /** The number of pixels of an image; one unsigned byte each, row by row. */
    public static final int PIXELS = SIDE * SIDE;

    private Digits() {}

    /**
     * The class with the highest probability.
     *
     * @param probabilities those of one or more images, one after the other
     * @param from the index of this image's first probability; {@value #CLASSES} of them are read
     * @return 0 to 9; the lowest where several are equal
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
