package digitstream.training;

import digitstream.accuracy.McNemar;
import digitstream.data.LabelledImages;

/**
 * Compares two models on the same images.
 *
 * @param first results of the first model
 * @param second results of the second model
 * @param mcNemar test whether the difference is significant
 */
public record Comparison(Evaluation first, Evaluation second, McNemar mcNemar) {

    /**
     * Compares two evaluations.
     *
     * @throws IllegalArgumentException if they are not of the same {@link LabelledImages} object
     */
    public static Comparison of(Evaluation first, Evaluation second) {
        if (first.images() != second.images()) {
            throw new IllegalArgumentException("two models must be compared on the same images");
        }
        long onlyFirst = 0;
        long onlySecond = 0;
        for (int i = 0; i < first.images().size(); i++) {
            if (first.isCorrect(i) && !second.isCorrect(i)) {
                onlyFirst++;
            }
            if (second.isCorrect(i) && !first.isCorrect(i)) {
                onlySecond++;
            }
        }
        return new Comparison(first, second, McNemar.of(onlyFirst, onlySecond));
    }

    /** Returns the result in one line for users. */
    public String verdict() {
        if (!mcNemar.isSignificant()) {
            return "no significant difference: one this large occurs by chance with probability "
                    + String.format(java.util.Locale.ROOT, "%.3g", mcNemar.pValue());
        }
        return (mcNemar.onlySecond() > mcNemar.onlyFirst()
                        ? "the second is significantly better"
                        : "the first is significantly better")
                + String.format(java.util.Locale.ROOT, " (p = %.2g)", mcNemar.pValue());
    }
}
