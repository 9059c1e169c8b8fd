package digitstream.model;

import digitstream.common.Digits;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.DoublePredicate;

/**
 * What every model must do on the {@link ReferenceDigits}, whatever its accuracy: return a probability distribution for each
 * image, the same one each time and in each batch, and not the same for all images. A model that does not is refused with the
 * probable mistake in its export and the remedy.
 */
final class SelfTest {
    /**
     * How far the results of two runs may differ. PyTorch chooses other kernels for other batch sizes, which add in another
     * order; for logits of some hundreds, as without scaling the pixels, the probabilities then differ by 1e-4. A network in
     * training mode differs by 1e-2 and more.
     */
    private static final double TOLERANCE = 1e-3;
    /**
     * How far the results in bfloat16 may differ from those in float32. It has 8 significant bits, so each value is off by up to
     * 1/512 of it; over two convolutions this moved the probabilities of MNIST's images by up to 0.011. A wrong weight or stride
     * moves them by more than 0.1.
     */
    private static final double BFLOAT16_TOLERANCE = 0.05;
    /** Below this, outputs are equal: a few units in the last place of a float. */
    private static final double SAME = 1e-6;

    private static final String SOFTMAX = ": end the network with softmax(dim=1)";

    private final List<byte[]> images = ReferenceDigits.images();
    private final Classifier classifier;
    private final double tolerance;

    private SelfTest(Classifier classifier, double tolerance) {
        this.classifier = classifier;
        this.tolerance = tolerance;
    }

    /**
     * Tests a classifier.
     *
     * @throws ModelException if it fails; the message has the reason and the remedy
     */
    static void run(Classifier classifier) {
        run(classifier, TOLERANCE);
    }

    /**
     * Tests a classifier that computes in bfloat16, and requires that it recognises the same digits as one in float32.
     *
     * @throws ModelException if it fails; the message has the reason
     */
    static void runBfloat16(Classifier bfloat16, String method, Classifier float32, String float32Method) {
        run(bfloat16, BFLOAT16_TOLERANCE);
        requireEqual(bfloat16, method, float32, float32Method, BFLOAT16_TOLERANCE);
        List<byte[]> images = ReferenceDigits.images();
        float[] lower = bfloat16.classify(images);
        float[] full = float32.classify(images);
        for (int row = 0; row < full.length; row += Digits.CLASSES) {
            if (Digits.argmax(lower, row) != Digits.argmax(full, row)) {
                throw new ModelException("its methods " + method + " and " + float32Method
                        + " predict different digits for test image " + row / Digits.CLASSES);
            }
        }
    }

    private static void run(Classifier classifier, double tolerance) {
        SelfTest test = new SelfTest(classifier, tolerance);
        float[] batch = test.classifyBatch();
        requireDistributions(batch);
        test.requireSameAgain(batch);
        test.requireSameAlone(batch);
        requireVariety(batch);
    }

    /**
     * Requires that two classifiers, which run different methods of one model, return the same.
     *
     * @throws ModelException if they don't
     */
    static void requireEqual(Classifier first, String firstMethod, Classifier second, String secondMethod) {
        requireEqual(first, firstMethod, second, secondMethod, TOLERANCE);
    }

    private static void requireEqual(
            Classifier first, String firstMethod, Classifier second, String secondMethod, double tolerance) {
        List<byte[]> images = ReferenceDigits.images();
        double difference = difference(first.classify(images), second.classify(images));
        // Not greater, so that NaN is a difference.
        if (!(difference <= tolerance)) {
            throw new ModelException("its methods " + firstMethod + " and " + secondMethod
                    + " return probabilities that differ by up to " + (float) difference
                    + ": make them equal, or remove "
                    + firstMethod);
        }
    }

    private float[] classifyBatch() {
        try {
            return classifier.classify(images);
        } catch (ModelException failure) {
            throw worksAlone()
                    ? new ModelException(
                            "it works on one image, but not on a batch of " + images.size() + ": "
                                    + failure.getMessage(),
                            failure)
                    : failure;
        }
    }

    private boolean worksAlone() {
        try {
            classifier.classify(images.subList(0, 1));
            return true;
        } catch (ModelException alsoFails) {
            return false;
        }
    }

    private static void requireDistributions(float[] output) {
        for (int row = 0; row < output.length; row += Digits.CLASSES) {
            Optional<String> fault = Probabilities.fault(output, row);
            if (fault.isPresent()) {
                throw new ModelException(
                        mistake(output) + String.format(" (for image %d, %s)", row / Digits.CLASSES, fault.get()));
            }
        }
    }

    /** Names the mistake that such outputs come from, and the remedy. */
    private static String mistake(float[] output) {
        if (!all(output, Double::isFinite)) {
            return "it returns NaN or infinite values: check its weights and its arithmetic for a division by 0 or a"
                    + " logarithm of 0";
        }
        if (all(output, value -> value <= 0) && all(sums(exponentials(output), true), SelfTest::isOne)) {
            return "the rows do not sum to 1, because they are logarithms of probabilities" + SOFTMAX
                    + " in place of log_softmax";
        }
        if (all(output, value -> value >= 0)) {
            double[] rows = sums(output, true);
            if (all(sums(output, false), SelfTest::isOne)) {
                return "the rows do not sum to 1, but the columns do, because softmax runs over the batch" + SOFTMAX
                        + " in place of softmax(dim=0)";
            }
            if (all(rows, sum -> Math.abs(sum / rows[0] - 1) <= Probabilities.SUM_TOLERANCE)) {
                return String.format("the rows do not sum to 1, but each to %.4g: divide the outputs by it", rows[0]);
            }
            if (all(output, value -> value <= 1)) {
                return "the rows do not sum to 1, because each output is a probability of its own" + SOFTMAX
                        + " in place of sigmoid";
            }
        }
        return all(sums(output, true), SelfTest::isOne)
                ? "its outputs are not between 0 and 1" + SOFTMAX
                : "the rows do not sum to 1" + SOFTMAX;
    }

    private void requireSameAgain(float[] batch) {
        double difference = difference(batch, classifier.classify(images));
        if (!(difference <= tolerance)) {
            throw new ModelException(
                    "it returns other probabilities each time, which differ by up to "
                            + (float) difference
                            + ": dropout or another random operation is active; call model.eval() before tracing or scripting it");
        }
    }

    private void requireSameAlone(float[] batch) {
        float[] alone = new float[batch.length];
        for (int i = 0; i < images.size(); i++) {
            float[] row = classifier.classify(List.of(images.get(i)));
            System.arraycopy(row, 0, alone, i * Digits.CLASSES, Digits.CLASSES);
        }
        double difference = difference(batch, alone);
        if (!(difference <= tolerance)) {
            throw new ModelException(
                    "its probabilities for an image change with the other images of the batch, by up to "
                            + (float) difference
                            + ": batch normalization is in training mode; call model.eval() before tracing or scripting it. If the"
                            + " model is quantized dynamically, quantize it statically");
        }
    }

    private static void requireVariety(float[] batch) {
        float[] first = Arrays.copyOf(batch, Digits.CLASSES);
        for (int row = 0; row < batch.length; row += Digits.CLASSES) {
            if (difference(first, Arrays.copyOfRange(batch, row, row + Digits.CLASSES)) > SAME) {
                return;
            }
        }
        throw new ModelException("it returns the same probabilities for all " + batch.length / Digits.CLASSES
                + " test images, which differ: check that the network uses its input and that its weights are trained");
    }

    private static boolean isOne(double sum) {
        return Math.abs(sum - 1) <= Probabilities.SUM_TOLERANCE;
    }

    private static boolean all(float[] values, DoublePredicate holds) {
        for (float value : values) {
            if (!holds.test(value)) {
                return false;
            }
        }
        return true;
    }

    private static boolean all(double[] values, DoublePredicate holds) {
        return Arrays.stream(values).allMatch(holds);
    }

    private static float[] exponentials(float[] values) {
        float[] exponentials = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            exponentials[i] = (float) Math.exp(values[i]);
        }
        return exponentials;
    }

    /** Returns the sum of each row, or of each column. */
    private static double[] sums(float[] output, boolean ofRows) {
        double[] sums = new double[ofRows ? output.length / Digits.CLASSES : Digits.CLASSES];
        for (int i = 0; i < output.length; i++) {
            sums[ofRows ? i / Digits.CLASSES : i % Digits.CLASSES] += output[i];
        }
        return sums;
    }

    /** Returns the largest difference of two arrays of one length; NaN if an element is NaN. */
    private static double difference(float[] a, float[] b) {
        double largest = 0;
        for (int i = 0; i < a.length; i++) {
            largest = Math.max(largest, Math.abs((double) a[i] - b[i]));
        }
        return largest;
    }
}
