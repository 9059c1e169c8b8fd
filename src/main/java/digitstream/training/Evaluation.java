package digitstream.training;

import digitstream.accuracy.AccuracyCounts;
import digitstream.accuracy.Calibration;
import digitstream.common.Digits;
import digitstream.data.LabelledImages;
import digitstream.model.Classifier;
import digitstream.model.ModelCard;
import digitstream.model.ModelException;
import digitstream.model.Probabilities;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * A model's predictions for labelled images, and metrics computed from them.
 *
 * @param data name of the images
 * @param images the classified images
 * @param predicted predicted digit of each image
 * @param confidence probability of each predicted digit, 0 to 1
 * @param probabilities of the 10 digits, image after image, 0 to 1
 * @param counts aggregated over all images
 * @param seconds wall-clock time of classification
 */
public record Evaluation(
        String data,
        LabelledImages images,
        byte[] predicted,
        float[] confidence,
        float[] probabilities,
        AccuracyCounts counts,
        double seconds) {
    private static final int BATCH = 256;

    /**
     * Classifies all images, in batches of 256.
     *
     * @throws ModelException if the model returns no probability distribution for one of them
     */
    public static Evaluation of(Classifier classifier, String data, LabelledImages images) {
        byte[] predicted = new byte[images.size()];
        float[] confidence = new float[images.size()];
        float[] all = new float[images.size() * Digits.CLASSES];
        AccuracyCounts counts = new AccuracyCounts();
        long start = System.nanoTime();
        for (int from = 0; from < images.size(); from += BATCH) {
            List<byte[]> batch = new ArrayList<>(BATCH);
            for (int i = from; i < Math.min(images.size(), from + BATCH); i++) {
                batch.add(images.pixels(i));
            }
            float[] probabilities = classifier.classify(batch);
            for (int i = 0; i < batch.size(); i++) {
                int row = i * Digits.CLASSES;
                int image = from + i;
                Probabilities.fault(probabilities, row).ifPresent(fault -> {
                    throw new ModelException(
                            "the model returns no probabilities for image " + image + " of " + data + ": " + fault);
                });
                int best = Digits.argmax(probabilities, row);
                predicted[from + i] = (byte) best;
                confidence[from + i] = probabilities[row + best];
            }
            System.arraycopy(probabilities, 0, all, from * Digits.CLASSES, probabilities.length);
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        for (int i = 0; i < images.size(); i++) {
            counts.addPredicted();
            counts.addLabelled(1, images.label(i), predicted[i], confidence[i], 0);
        }
        return new Evaluation(data, images, predicted, confidence, all, counts, seconds);
    }

    /** The fraction of correct predictions, 0 to 1. */
    public double accuracy() {
        return (double) counts.correct() / images.size();
    }

    public boolean isCorrect(int image) {
        return predicted[image] == images.label(image);
    }

    /** The mean cross-entropy, in nats. */
    public double loss() {
        return IntStream.range(0, images.size())
                .mapToDouble(i -> -Math.log(Math.max(1e-12, probabilities[i * Digits.CLASSES + images.label(i)])))
                .average()
                .orElse(Double.NaN);
    }

    /** Returns the indices of misclassified images, most confident first. */
    public List<Integer> mistakes() {
        return IntStream.range(0, images.size())
                .filter(i -> !isCorrect(i))
                .boxed()
                .sorted((a, b) -> Float.compare(confidence[b], confidence[a]))
                .toList();
    }

    /** The fraction of a digit's predictions that are correct, 0 to 1; NaN if it was never predicted. */
    public double precision(int digit) {
        return (double) counts.confusion(digit, digit) / counts.predictedAs(digit);
    }

    /** The fraction of a digit's images that are predicted correctly, 0 to 1; NaN without images of it. */
    public double recall(int digit) {
        return (double) counts.confusion(digit, digit) / counts.support(digit);
    }

    /** The harmonic mean of precision and recall, 0 to 1; NaN if the digit neither occurs nor is predicted. */
    public double f1(int digit) {
        return 2.0 * counts.confusion(digit, digit) / (counts.predictedAs(digit) + counts.support(digit));
    }

    /** Fits the temperature that calibrates the model on these images. */
    double temperature() {
        return Calibration.fit(
                probabilities,
                IntStream.range(0, images.size()).map(images::label).toArray());
    }

    /**
     * Converts to the model card's format.
     *
     * @param temperature fitted on these images; null for test images
     */
    ModelCard.Evaluation forCard(@Nullable Double temperature) {
        return new ModelCard.Evaluation(
                data,
                images.size(),
                accuracy(),
                IntStream.range(0, Digits.CLASSES).mapToObj(this::recall).toList(),
                counts.expectedCalibrationError().orElse(null),
                LongStream.range(0, Digits.CLASSES)
                        .map(digit -> counts.predictedAs((int) digit))
                        .boxed()
                        .toList(),
                LongStream.range(0, AccuracyCounts.CONFIDENCE_BINS)
                        .map(bin -> counts.binCount((int) bin))
                        .boxed()
                        .toList(),
                temperature);
    }
}
