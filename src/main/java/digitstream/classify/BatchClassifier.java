package digitstream.classify;

import digitstream.accuracy.ModelVersion;
import digitstream.avro.Prediction;
import digitstream.common.Digits;
import digitstream.model.Classifier;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import org.apache.avro.Schema;
import org.apache.avro.generic.PrimitivesArrays.FloatArray;

/**
 * Classifies a batch and finds the image that breaks it. A batch on which the model fails is halved until the images on
 * which it fails stand alone; the others are classified. A single image's failure is the image's own fault only where the
 * model still classifies an empty image: where it does not, the model is broken, and its failure is thrown. Used by one
 * thread at a time.
 */
final class BatchClassifier {
    private static final Schema PROBABILITIES =
            Prediction.getClassSchema().getField("probabilities").schema();

    private final Classifier classifier;
    private final ModelVersion model;
    private final LongSupplier clockMillis;
    private final LongConsumer inferenceNanos;

    /**
     * Takes what it works with.
     *
     * @param inferenceNanos is told how long each call of the classifier took
     */
    BatchClassifier(Classifier classifier, ModelVersion model, LongSupplier clockMillis, LongConsumer inferenceNanos) {
        this.classifier = classifier;
        this.model = model;
        this.clockMillis = clockMillis;
        this.inferenceNanos = inferenceNanos;
    }

    /**
     * Classifies every image of a batch.
     *
     * @return as many as images, in their order
     * @throws RuntimeException what the classifier threw, where it fails on an empty image too
     */
    List<Classified> classify(List<PendingImage> images) {
        List<Classified> all = new ArrayList<>(images.size());
        classify(images, images.size(), all);
        return all;
    }

    private void classify(List<PendingImage> images, int batchSize, List<Classified> into) {
        float[] probabilities;
        long start = System.nanoTime();
        try {
            probabilities = classifier.classify(
                    images.stream().map(PendingImage::pixels).toList());
            inferenceNanos.accept(System.nanoTime() - start);
        } catch (RuntimeException failure) {
            if (images.size() == 1) {
                requireWorkingModel(images.get(0), failure);
                into.add(new Classified.Unclassifiable("the model fails on this image: " + failure.getMessage()));
            } else {
                int half = images.size() / 2;
                classify(images.subList(0, half), batchSize, into);
                classify(images.subList(half, images.size()), batchSize, into);
            }
            return;
        }
        Instant predictedAt = Instant.ofEpochMilli(clockMillis.getAsLong());
        for (int i = 0; i < images.size(); i++) {
            into.add(new Classified.Predicted(
                    prediction(images.get(i), probabilities, i * Digits.CLASSES, predictedAt, batchSize)));
        }
    }

    private void requireWorkingModel(PendingImage image, RuntimeException failure) {
        try {
            classifier.classify(List.of(new byte[image.pixels().length]));
        } catch (RuntimeException brokenModel) {
            failure.addSuppressed(brokenModel);
            throw failure;
        }
    }

    private Prediction prediction(
            PendingImage pending, float[] probabilities, int from, Instant predictedAt, int batchSize) {
        FloatArray ten = new FloatArray(Digits.CLASSES, PROBABILITIES);
        for (int digit = 0; digit < Digits.CLASSES; digit++) {
            ten.add(digit, probabilities[from + digit]);
        }
        int label = Digits.argmax(probabilities, from);
        return new Prediction(
                pending.image().getImageId(),
                label,
                probabilities[from + label],
                ten,
                model.name(),
                model.version(),
                pending.source().topic(),
                pending.source().partition(),
                pending.source().offset(),
                pending.image().getEventTime(),
                predictedAt,
                batchSize);
    }
}
