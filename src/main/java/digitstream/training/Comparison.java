package digitstream.training;

import digitstream.accuracy.McNemar;

/**
 * Two models on the same images.
 *
 * @param first what the first says
 * @param second what the second says
 * @param mcNemar whether one is really better
 */
public record Comparison(Evaluation first, Evaluation second, McNemar mcNemar) {

    /**
     * Compares.
     *
     * @throws IllegalArgumentException where the images are not the same
     */
    public static Comparison of(Evaluation first, Evaluation second) {
        if (first.images() != second.images()) {
            throw new IllegalArgumentException("two models are compared on the same images");
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

    /** The answer in one line for people. */
    public String verdict() {
        if (!mcNemar.isSignificant()) {
            return "no real difference: such a one comes by chance with probability "
                    + String.format(java.util.Locale.ROOT, "%.3g", mcNemar.pValue());
        }
        return (mcNemar.onlySecond() > mcNemar.onlyFirst()
                        ? "the second is really better"
                        : "the first is really better")
                + String.format(java.util.Locale.ROOT, " (p = %.2g)", mcNemar.pValue());
    }
}
