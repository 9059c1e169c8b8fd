package digitstream.training;

import digitstream.data.LabelledImages;
import digitstream.model.Classifier;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * How a model does on labelled images.
 *
 * @param confusion counts by actual digit (first index) and predicted digit
 * @param seconds the classifying took, by the wall clock
 */
public record Evaluation(long[][] confusion, double seconds) {
    private static final int BATCH = 256;

    /** Classifies all images, in batches of 256. */
    public static Evaluation of(Classifier classifier, LabelledImages images) {
        long[][] confusion = new long[Classifier.CLASSES][Classifier.CLASSES];
        long start = System.nanoTime();
        for (int from = 0; from < images.size(); from += BATCH) {
            List<byte[]> batch = new ArrayList<>(BATCH);
            for (int i = from; i < Math.min(images.size(), from + BATCH); i++) {
                batch.add(images.pixels(i));
            }
            float[] probabilities = classifier.classify(batch);
            for (int i = 0; i < batch.size(); i++) {
                confusion[images.label(from + i)][mostProbable(probabilities, i * Classifier.CLASSES)]++;
            }
        }
        return new Evaluation(confusion, (System.nanoTime() - start) / 1e9);
    }

    private static int mostProbable(float[] probabilities, int from) {
        int best = 0;
        for (int i = 1; i < Classifier.CLASSES; i++) {
            if (probabilities[from + i] > probabilities[from + best]) {
                best = i;
            }
        }
        return best;
    }

    public long images() {
        return IntStream.range(0, confusion.length).mapToLong(this::images).sum();
    }

    /** How many images of a digit there were. */
    public long images(int digit) {
        return IntStream.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9)
                .mapToLong(predicted -> confusion[digit][predicted])
                .sum();
    }

    public long correct() {
        return IntStream.range(0, confusion.length)
                .mapToLong(digit -> confusion[digit][digit])
                .sum();
    }

    /** Correct of all, 0 to 1. */
    public double accuracy() {
        return (double) correct() / images();
    }

    /** Correct of each digit's images, 0 to 1; NaN where there were none. */
    public List<Double> accuracyPerClass() {
        return IntStream.range(0, confusion.length)
                .mapToObj(digit -> (double) confusion[digit][digit] / images(digit))
                .toList();
    }
}
