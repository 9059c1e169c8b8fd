package digitstream.accuracy;

import java.util.List;

/**
 * Temperature scaling: sharpens or softens a model's probabilities by one number fitted on validation images, so that nine
 * of ten predictions with a confidence of 0.9 are correct. After Guo et al., "On Calibration of Modern Neural Networks"
 * (2017).
 */
public final class Calibration {
    private static final double MIN_TEMPERATURE = 0.05;
    private static final double MAX_TEMPERATURE = 20;
    private static final double GOLDEN_RATIO = (Math.sqrt(5) - 1) / 2;
    private static final double TOLERANCE = 1e-4;

    /** The smallest normal float, in place of a probability of 0, which has no logarithm. */
    private static final double MIN_PROBABILITY = Float.MIN_NORMAL;

    private Calibration() {}

    /**
     * The calibrated confidence: max(p)^(1/T) / sum of p^(1/T), the highest softmax probability of the logits divided by T.
     *
     * @param probabilities one for each class, 0 to 1, summing to 1
     * @param temperature greater than 0; 1 changes nothing
     */
    public static double confidence(List<Float> probabilities, double temperature) {
        float[] row = new float[probabilities.size()];
        for (int i = 0; i < row.length; i++) {
            row[i] = probabilities.get(i);
        }
        return confidence(row, 0, row.length, temperature);
    }

    /**
     * As {@link #confidence(List, double)}, for a row of a model's output.
     *
     * @param from the index of the first probability
     * @param classes the number of probabilities
     */
    public static double confidence(float[] probabilities, int from, int classes, double temperature) {
        double highest = 0;
        for (int i = from; i < from + classes; i++) {
            highest = Math.max(highest, probabilities[i]);
        }
        if (temperature == 1) {
            return highest;
        }
        double sum = 0;
        for (int i = from; i < from + classes; i++) {
            double ratio = probabilities[i] / highest;
            sum += ratio == 1 ? 1 : Math.exp(Math.log(Math.max(MIN_PROBABILITY, ratio)) / temperature);
        }
        return 1 / sum;
    }

    /**
     * Fits the temperature that minimizes the mean negative log-likelihood of the labels, by golden-section search. The
     * likelihood has a single peak in 1 / T.
     *
     * @param probabilities shape [images, classes], row by row
     * @param labels one class index for each image
     * @return 0.05 to 20
     * @throws IllegalArgumentException if there are no images
     */
    public static double fit(float[] probabilities, int[] labels) {
        if (labels.length == 0) {
            throw new IllegalArgumentException("there are no images to fit a temperature to");
        }
        double low = Math.log(1 / MAX_TEMPERATURE);
        double high = Math.log(1 / MIN_TEMPERATURE);
        double left = high - GOLDEN_RATIO * (high - low);
        double right = low + GOLDEN_RATIO * (high - low);
        double atLeft = loss(probabilities, labels, Math.exp(left));
        double atRight = loss(probabilities, labels, Math.exp(right));
        while (high - low > TOLERANCE) {
            if (atLeft <= atRight) {
                high = right;
                right = left;
                atRight = atLeft;
                left = high - GOLDEN_RATIO * (high - low);
                atLeft = loss(probabilities, labels, Math.exp(left));
            } else {
                low = left;
                left = right;
                atLeft = atRight;
                right = low + GOLDEN_RATIO * (high - low);
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
                sum += Math.exp(Math.log(Math.max(MIN_PROBABILITY, probabilities[row])) * inverseTemperature);
            }
            double actual = Math.max(MIN_PROBABILITY, probabilities[i * classes + labels[i]]);
            loss += Math.log(sum) - Math.log(actual) * inverseTemperature;
        }
        return loss / labels.length;
    }
}
