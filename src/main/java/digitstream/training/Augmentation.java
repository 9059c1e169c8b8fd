package digitstream.training;

/**
 * What is done to an image each time that it is trained on, at random up to these bounds, so that no image is seen twice:
 * affine and elastic distortion as in Simard, Steinkraus and Platt, "Best Practices for Convolutional Neural Networks Applied
 * to Visual Document Analysis" (2003), on the device that trains.
 *
 * @param turn degrees to either side
 * @param scale share of the size, smaller or larger, across and down apart
 * @param shear share of the height
 * @param shift pixels in each direction
 * @param bend standard deviation of the displacement of 5 by 5 points, in pixels; between them it is bicubic
 */
public record Augmentation(double turn, double scale, double shear, double shift, double bend) {

    /** As the graph takes it. */
    float[] strength() {
        return new float[] {(float) Math.toRadians(turn), (float) scale, (float) shear, (float) shift, (float) bend};
    }

    @Override
    public String toString() {
        return "turned up to " + turn + " degrees, scaled " + Math.round(100 * scale) + " %, sheared "
                + Math.round(100 * shear) + " %, shifted " + shift + " pixels, bent " + bend + " pixels";
    }
}
