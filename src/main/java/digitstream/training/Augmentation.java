package digitstream.training;

/**
 * Bounds of the random distortion that is applied to an image each time it is trained on: affine and elastic, as in Simard,
 * Steinkraus and Platt, "Best Practices for Convolutional Neural Networks Applied to Visual Document Analysis" (2003).
 *
 * @param turn maximum rotation in degrees, in both directions
 * @param scale maximum change of size, as a fraction; horizontal and vertical scales are independent
 * @param shear maximum shear, as a fraction of the height
 * @param shift maximum translation in pixels, in each direction
 * @param bend elastic distortion: standard deviation of the displacements of a 5 by 5 grid, in pixels, interpolated
 *     bicubically
 */
public record Augmentation(double turn, double scale, double shear, double shift, double bend) {

    /** Returns the graph's input: turn in radians, scale, shear, shift, bend. */
    float[] strength() {
        return new float[] {(float) Math.toRadians(turn), (float) scale, (float) shear, (float) shift, (float) bend};
    }

    @Override
    public String toString() {
        return "rotated up to " + turn + " degrees, scaled " + Math.round(100 * scale) + " %, sheared "
                + Math.round(100 * shear) + " %, shifted " + shift + " pixels, elastically distorted " + bend
                + " pixels";
    }
}
