package digitstream.accuracy;

import java.util.List;

/**
 * Temperature scaling: a model's probabilities are sharpened or softened with one number that was fitted on validation images,
 * so that of the predictions with a confidence of 0.9 nine of ten are right. After Guo et al., "On Calibration of Modern
 * Neural Networks" (2017).
 */
public final class Calibration {
    private static final double LOWEST = 0.05;
    private static final double HIGHEST = 20;
    private static final double GOLDEN = (Math.sqrt(5) - 1) / 2;
    private static final double PRECISION = 1e-4;

    /** The smallest normal float: a probability of 0 is one that a float can't tell from it. */
    private static final double LEAST = Float.MIN_NORMAL;

    private Calibration() {}

    /**
     * The highest of some probabilities, scaled: max(p)^(1/T) / sum of p^(1/T), which is the softmax of the logits over T.
     *
     * @param probabilities 0 to 1, summing to 1
     * @param temperature over 0; 1 leaves them as they are
     */
    public static double confidence(List<Float> probabilities, double temperature) {
        double highest = 0;
        for (int i = 0; i < probabilities.size(); i++) {
            highest = Math.max(highest, probabilities.get(i));
        }
        if (temperature == 1) {
            return highest;
        }
        double sum = 0;
        for (int i = 0; i < probabilities.size(); i++) {
            double ratio = probabilities.get(i) / highest;
            sum += ratio == 1 ? 1 : Math.exp(Math.log(Math.max(LEAST, ratio)) / temperature);
        }
        return 1 / sum;
    }

    /**
     * The temperature with the least mean negative log-likelihood of the labels, 0.05 to 20, by golden-section search: the
     * likelihood has one peak in 1 / T.
     *
     * @param probabilities of the classes, image by image
     * @param labels the images'
     */
    public static double fit(float[] probabilities, int[] labels) {
        if (labels.length == 0) {
            throw new IllegalArgumentException("a temperature can't be fitted to no images");
        }
        double low = Math.log(1 / HIGHEST);
        double high = Math.log(1 / LOWEST);
        double left = high - GOLDEN * (high - low);
        double right = low + GOLDEN * (high - low);
        double atLeft = loss(probabilities, labels, Math.exp(left));
        double atRight = loss(probabilities, labels, Math.exp(right));
        while (high - low > PRECISION) {
            if (atLeft <= atRight) {
                high = right;
                right = left;
                atRight = atLeft;
                left = high - GOLDEN * (high - low);
                atLeft = loss(probabilities, labels, Math.exp(left));
            } else {
                low = left;
                left = right;
                atLeft = atRight;
                right = low + GOLDEN * (high - low);
                atRight = loss(probabilities, labels, Math.exp(right));
            }
        }
        return Math.exp(-(low + high) / 2);
    }

    private static double loss(float[] probabilities, int[] labels, double inverseTemperature) {
        int classes = probabilities.length / labels.length;
        double loss = 0;
        for (int i = 0; i < labels.length; i++) {
            double sum = 0;
            for (int row = i * classes; row < (i + 1) * classes; row++) {
                sum += Math.exp(Math.log(Math.max(LEAST, probabilities[row])) * inverseTemperature);
            }
            double actual = Math.max(LEAST, probabilities[i * classes + labels[i]]);
            loss += Math.log(sum) - Math.log(actual) * inverseTemperature;
        }
        return loss / labels.length;
    }
}
