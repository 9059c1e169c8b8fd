package digitstream.accuracy;

/**
 * The accuracy that a model expects of itself, without labels, with an interval for the accuracy that labels would show. It is
 * worthless if the images are too unlike the validation images; {@link Baseline#drift} says how unlike they are.
 *
 * @param accuracy the mean calibrated confidence, 0 to 1
 * @param low the lower end of the interval, 0 to 1
 * @param high its upper end, 0 to 1
 */
public record EstimatedAccuracy(double accuracy, double low, double high) {
    /** The 97.5 % quantile of the normal distribution. */
    private static final double QUANTILE = 1.96;

    /**
     * Estimates the accuracy of images.
     *
     * <p>The interval's ends are factors of the error rate. The factor of chance is the relative standard error of two counts: the
     * errors on the validation images, which the calibration comes from, and the expected errors on these images. A model that
     * expects more errors than on the validation images sees other images. They may do no harm, so the upper end is the accuracy on
     * the validation images. Or they do more harm than expected, by about the root of the factor by which the expected errors have
     * grown: decision 018 has the figures.
     *
     * @param confidence the mean calibrated confidence, 0 to 1
     * @param images the number of images, greater than 0
     * @param validated the accuracy on the validation images, 0 to 1
     * @param validationImages their number, greater than 0
     */
    static EstimatedAccuracy of(double confidence, long images, double validated, long validationImages) {
        double errors = 1 - confidence;
        // Jeffreys' prior: half an error, so that a model without errors on the validation images has a rate, too.
        double validationErrors = (1 - validated) * validationImages + 0.5;
        double validationRate = validationErrors / (validationImages + 1);
        double chance = Math.exp(QUANTILE * Math.sqrt(1 / validationErrors + 1 / Math.max(1, errors * images)));
        double growth = Math.sqrt(Math.max(1, errors / validationRate));
        // A measured accuracy moves in steps of one image.
        double step = 1.0 / images;
        return new EstimatedAccuracy(
                confidence,
                Math.max(0, 1 - errors * chance * growth - step),
                Math.min(1, 1 - Math.min(errors, validationRate) / chance + step));
    }
}
