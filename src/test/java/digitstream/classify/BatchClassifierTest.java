package digitstream.classify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import digitstream.common.Digits;
import digitstream.model.Classifier;
import digitstream.model.ModelException;
import digitstream.model.Probabilities;
import digitstream.streams.DeadLetterReason;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

class BatchClassifierTest {
    private static final List<float[]> ODD = List.of(
            new float[] {Float.NaN, 0, 0, 0, 0, 0, 0, 0, 0, 1},
            new float[] {Float.POSITIVE_INFINITY, 0, 0, 0, 0, 0, 0, 0, 0, 0},
            new float[] {-2.3f, -2.3f, -2.3f, -2.3f, -2.3f, -2.3f, -2.3f, -2.3f, -2.3f, -2.3f},
            new float[] {2, -1, 0, 0, 0, 0, 0, 0, 0, 0},
            new float[] {0, 0, 0, 0, 0, 0, 0, 0, 0, 0},
            new float[] {0.5f, 0.5f, 0.01f, 0, 0, 0, 0, 0, 0, 0},
            new float[] {10, 20, 70, 0, 0, 0, 0, 0, 0, 0});

    /** Predicts the digit given by the first pixel; fails if that is 255, and returns no distribution from 200 on. */
    private static final class FirstPixel implements Classifier {
        private boolean broken;
        private int calls;

        @Override
        public float[] classify(List<byte[]> images) {
            calls++;
            if (broken || images.stream().anyMatch(image -> image[0] == (byte) 255)) {
                throw new ModelException("no");
            }
            float[] probabilities = new float[images.size() * Digits.CLASSES];
            for (int i = 0; i < images.size(); i++) {
                int first = images.get(i)[0] & 0xff;
                if (first >= 200) {
                    System.arraycopy(ODD.get(first - 200), 0, probabilities, i * Digits.CLASSES, Digits.CLASSES);
                } else {
                    probabilities[i * Digits.CLASSES + first] = 1;
                }
            }
            return probabilities;
        }

        @Override
        public void close() {}
    }

    private final FirstPixel classifier = new FirstPixel();
    private final BatchClassifier batches = new BatchClassifier(() -> 1_000, nanos -> {});

    @Test
    void classifiesTheRestOfABatchWithOneBadImage() {
        List<Classified> results = batches.classify(classifier, images(List.of(1, 2, 255, 3, 4, 5, 6)));
        assertThat(results.get(2)).isInstanceOf(Classified.Unclassifiable.class);
        assertThat(labels(results)).containsExactly(1, 2, -1, 3, 4, 5, 6);
    }

    @Test
    void findsImagesForWhichTheModelReturnsNoDistribution() {
        List<Integer> batch = List.of(3, 200, 201, 202, 4, 203, 204, 205, 206, 5);
        List<Classified> results = batches.classify(classifier, images(batch));
        assertThat(labels(results)).containsExactly(3, -1, -1, -1, 4, -1, -1, -1, -1, 5);
        assertThat(classifier.calls).as("a batch is not halved for this").isEqualTo(1);
        assertThat(results.get(1))
                .isEqualTo(new Classified.Unclassifiable("the model returns no probabilities for this image:"
                        + " its output for digit 0 is NaN, not a probability"));
        assertThat(results.get(6))
                .isEqualTo(new Classified.Unclassifiable(
                        "the model returns no probabilities for this image: its outputs sum to 0.0, not to 1"));
    }

    @Test
    void roundsWhatFloatArithmeticHasPutBeyondOne() {
        float[] row = {1.0000001f, -1e-7f, 0, 0, 0, 0, 0, 0, 0, 0};
        assertThat(Probabilities.fault(row, 0)).isEmpty();
        assertThat(row).startsWith(1, 0);
    }

    /** The blank image is not special: a model may fail on it and work on all digits. */
    @Test
    void attributesAFailureToTheImageIfTheModelWorksOnADigit() {
        Classifier failsOnBlank = new Classifier() {
            @Override
            public float[] classify(List<byte[]> images) {
                if (images.stream().anyMatch(image -> Arrays.equals(image, new byte[Digits.PIXELS]))) {
                    throw new ModelException("no ink");
                }
                float[] probabilities = new float[images.size() * Digits.CLASSES];
                Arrays.fill(probabilities, 0.1f);
                return probabilities;
            }

            @Override
            public void close() {}
        };
        BatchClassifier blank = new BatchClassifier(() -> 1_000, nanos -> {});
        assertThat(labels(blank.classify(failsOnBlank, images(List.of(1, 0, 2)))))
                .containsExactly(0, -1, 0);
    }

    @Property(tries = 300)
    void returnsResultsInOrderWhicheverImagesFail(
            @ForAll @Size(min = 1, max = 60) List<@IntRange(max = 12) Integer> pixels) {
        List<Integer> batch =
                pixels.stream().map(pixel -> pixel > 9 ? 255 : pixel).toList();
        assertThat(labels(batches.classify(classifier, images(batch))))
                .isEqualTo(
                        batch.stream().map(pixel -> pixel == 255 ? -1 : pixel).toList());
    }

    @Test
    void throwsTheFailureOfABrokenModel() {
        classifier.broken = true;
        assertThatThrownBy(() -> batches.classify(classifier, images(List.of(1, 2, 3))))
                .isInstanceOf(ModelException.class);
    }

    @Test
    void callsTheModelOnceForAGoodBatch() {
        List<Classified> results = batches.classify(classifier, images(List.of(7, 7, 0)));
        assertThat(classifier.calls).isEqualTo(1);
        Classified.Predicted first = (Classified.Predicted) results.get(0);
        assertThat(first.batchSize()).isEqualTo(3);
        assertThat(first.confidence()).isEqualTo(1f);
        assertThat(first.probability(7)).isEqualTo(1f);
        assertThat(first.probability(0)).isZero();
        assertThat(first.predictedAtMillis()).isEqualTo(1_000);
    }

    private static List<Integer> labels(List<Classified> results) {
        return results.stream()
                .map(result -> result instanceof Classified.Predicted predicted ? predicted.label() : -1)
                .toList();
    }

    private static List<PendingImage> images(List<Integer> firstPixels) {
        List<PendingImage> images = new ArrayList<>();
        for (int i = 0; i < firstPixels.size(); i++) {
            byte[] pixels = new byte[784];
            pixels[0] = firstPixels.get(i).byteValue();
            images.add(new PendingImage(new ConsumerRecord<>("t", 0, i, new byte[0], new byte[0]), 0, 0, pixels));
        }
        return images;
    }

    @Test
    void namesEachDeadLetterReasonInKebabCase() {
        assertThat(Set.of(DeadLetterReason.values()))
                .allSatisfy(reason -> assertThat(reason.code()).matches("[a-z]+(-[a-z]+)*"));
    }
}
