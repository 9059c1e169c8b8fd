package digitstream.classify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import digitstream.accuracy.ModelVersion;
import digitstream.avro.DigitImage;
import digitstream.common.Digits;
import digitstream.model.Classifier;
import digitstream.model.ModelException;
import digitstream.streams.DeadLetterReason;
import digitstream.streams.SourcePosition;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;

class BatchClassifierTest {
    /** Predicts the digit given by the first pixel; fails if that is 255. */
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
                probabilities[i * Digits.CLASSES + images.get(i)[0]] = 1;
            }
            return probabilities;
        }

        @Override
        public void close() {}
    }

    private final FirstPixel classifier = new FirstPixel();
    private final BatchClassifier batches =
            new BatchClassifier(classifier, new ModelVersion("m", "1"), () -> 1_000, nanos -> {});

    @Test
    void classifiesTheRestOfABatchWithOneBadImage() {
        List<Classified> results = batches.classify(images(List.of(1, 2, 255, 3, 4, 5, 6)));
        assertThat(results.get(2)).isInstanceOf(Classified.Unclassifiable.class);
        assertThat(labels(results)).containsExactly(1, 2, -1, 3, 4, 5, 6);
    }

    @Property(tries = 300)
    void returnsResultsInOrderWhicheverImagesFail(
            @ForAll @Size(min = 1, max = 60) List<@IntRange(max = 12) Integer> pixels) {
        List<Integer> batch =
                pixels.stream().map(pixel -> pixel > 9 ? 255 : pixel).toList();
        assertThat(labels(batches.classify(images(batch))))
                .isEqualTo(
                        batch.stream().map(pixel -> pixel == 255 ? -1 : pixel).toList());
    }

    @Test
    void throwsTheFailureOfABrokenModel() {
        classifier.broken = true;
        assertThatThrownBy(() -> batches.classify(images(List.of(1, 2, 3)))).isInstanceOf(ModelException.class);
    }

    @Test
    void callsTheModelOnceForAGoodBatch() {
        List<Classified> results = batches.classify(images(List.of(7, 7, 0)));
        assertThat(classifier.calls).isEqualTo(1);
        Classified.Predicted first = (Classified.Predicted) results.get(0);
        assertThat(first.prediction().getBatchSize()).isEqualTo(3);
        assertThat(first.prediction().getConfidence()).isEqualTo(1f);
        assertThat(first.prediction().getProbabilities()).hasSize(10);
        assertThat(first.prediction().getImageOffset()).isZero();
        assertThat(first.prediction().getPredictedAt()).isEqualTo(Instant.ofEpochMilli(1_000));
    }

    private static List<Integer> labels(List<Classified> results) {
        return results.stream()
                .map(result -> result instanceof Classified.Predicted predicted
                        ? predicted.prediction().getLabel()
                        : -1)
                .toList();
    }

    private static List<PendingImage> images(List<Integer> firstPixels) {
        List<PendingImage> images = new ArrayList<>();
        for (int i = 0; i < firstPixels.size(); i++) {
            byte[] pixels = new byte[784];
            pixels[0] = firstPixels.get(i).byteValue();
            DigitImage image = new DigitImage("i" + i, 28, 28, ByteBuffer.wrap(pixels), Instant.EPOCH);
            images.add(new PendingImage(
                    image, new byte[0], new byte[0], new RecordHeaders(), pixels, 0, new SourcePosition("t", 0, i), 0));
        }
        return images;
    }

    @Test
    void namesEachDeadLetterReasonInKebabCase() {
        assertThat(Set.of(DeadLetterReason.values()))
                .allSatisfy(reason -> assertThat(reason.code()).matches("[a-z]+(-[a-z]+)*"));
    }
}
