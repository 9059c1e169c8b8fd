package digitstream.model;

import digitstream.common.Digits;
import java.util.Optional;

/** Checks that a row of a model's output is a probability distribution. */
public final class Probabilities {
    /** How far a sum may be from 1: the rounding of a softmax in 16-bit floats, which is the coarsest in use. */
    static final double SUM_TOLERANCE = 1e-3;

    private Probabilities() {}

    /**
     * Checks one row and rounds to 0 or 1 what rounding in float arithmetic has put beyond them.
     *
     * @param output the rows of one or more images, {@value Digits#CLASSES} values each, concatenated; changed in place
     * @param from the index of the row's first value
     * @return what is wrong, in one line; empty if the row is a distribution
     */
    public static Optional<String> fault(float[] output, int from) {
        double sum = 0;
        boolean isInRange = true;
        for (int i = from; i < from + Digits.CLASSES; i++) {
            float value = output[i];
            sum += value;
            // Not a number is not in the range either.
            isInRange &= value >= 0 && value <= 1;
        }
        boolean sumsToOne = Math.abs(sum - 1) <= SUM_TOLERANCE;
        return isInRange && sumsToOne ? Optional.empty() : explain(output, from, sum, sumsToOne);
    }

    private static Optional<String> explain(float[] output, int from, double sum, boolean sumsToOne) {
        for (int i = from; i < from + Digits.CLASSES; i++) {
            if (!Float.isFinite(output[i])) {
                return Optional.of("its output for digit " + (i - from) + " is " + output[i] + ", not a probability");
            }
        }
        if (!sumsToOne) {
            return Optional.of("its outputs sum to " + (float) sum + ", not to 1");
        }
        for (int i = from; i < from + Digits.CLASSES; i++) {
            if (output[i] < -SUM_TOLERANCE || output[i] > 1 + SUM_TOLERANCE) {
                return Optional.of("its output for digit " + (i - from) + " is " + output[i] + ", not within 0 to 1");
            }
            output[i] = Math.min(1, Math.max(0, output[i]));
        }
        return Optional.empty();
    }
}
