package digitstream.classify;

import digitstream.common.Digits;
import digitstream.model.Classifier;
import digitstream.model.Probabilities;
import digitstream.model.ReferenceDigits;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/**
 * Classifies batches and isolates images on which the model fails. A failing batch is halved until each failing image is
 * alone; all other images are classified. A failure on a single image is attributed to the image only if the model still
 * classifies a reference digit. Otherwise the model is broken and the failure is thrown. An image for which the model returns
 * no probability distribution is unclassifiable too. Not thread-safe.
 */
final class BatchClassifier {
    private final LongSupplier clockMillis;
    private final LongConsumer inferenceNanos;

    /**
     * Creates a batch classifier.
     *
     * @param clockMillis the time of a prediction, in milliseconds since the epoch
     * @param inferenceNanos receives the duration of each successful classifier call
     */
    BatchClassifier(LongSupplier clockMillis, LongConsumer inferenceNanos) {
        this.clockMillis = clockMillis;
        this.inferenceNanos = inferenceNanos;
    }

    /**
     * Classifies every image of a batch.
     *
     * @param classifier not closed
     * @return one result for each image, in the same order
     * @throws RuntimeException the classifier's exception, if it also fails on a reference digit
     */
    List<Classified> classify(Classifier classifier, List<PendingImage> images) {
        List<Classified> all = new ArrayList<>(images.size());
        classify(classifier, images, images.size(), all);
        return all;
    }

    private void classify(Classifier classifier, List<PendingImage> images, int batchSize, List<Classified> into) {
        float[] probabilities;
        long start = System.nanoTime();
        try {
            probabilities = classifier.classify(
                    images.stream().map(PendingImage::pixels).toList());
            inferenceNanos.accept(System.nanoTime() - start);
        } catch (RuntimeException failure) {
            if (images.size() == 1) {
                requireWorkingModel(classifier, failure);
                into.add(new Classified.Unclassifiable("the model failed on this image: " + failure.getMessage()));
            } else {
                int half = images.size() / 2;
                classify(classifier, images.subList(0, half), batchSize, into);
                classify(classifier, images.subList(half, images.size()), batchSize, into);
            }
            return;
        }
        long predictedAtMillis = clockMillis.getAsLong();
        for (int i = 0; i < images.size(); i++) {
            int from = i * Digits.CLASSES;
            Optional<String> fault = Probabilities.fault(probabilities, from);
            into.add(
                    fault.isPresent()
                            ? new Classified.Unclassifiable(
                                    "the model returns no probabilities for this image: " + fault.get())
                            : new Classified.Predicted(
                                    probabilities,
                                    from,
                                    Digits.argmax(probabilities, from),
                                    predictedAtMillis,
                                    batchSize));
        }
    }

    private static void requireWorkingModel(Classifier classifier, RuntimeException failure) {
        try {
            // Not a blank image: the self-test has not shown that the model works on one.
            classifier.classify(List.of(ReferenceDigits.images().get(0)));
        } catch (RuntimeException brokenModel) {
            failure.addSuppressed(brokenModel);
            throw failure;
        }
    }
}
