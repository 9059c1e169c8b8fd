package digitstream.accuracy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import digitstream.avro.DigitLabel;
import digitstream.avro.Prediction;
import digitstream.common.EventTimeRange;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class RecordFaultsTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    @Test
    void acceptsAnIdOfUpTo256CharactersInUtf8() {
        for (String id : List.of("a", "x".repeat(256), "日本語", "\uD83D\uDE00", "a b/c", "\uFFFD")) {
            assertThat(RecordFaults.ofId(id.getBytes(UTF_8), id)).isEmpty();
        }
    }

    @Test
    void rejectsAnIdThatIsEmptyTooLongOrNotTheKey() {
        assertThat(RecordFaults.ofId(new byte[0], ""))
                .hasValueSatisfying(fault -> assertThat(fault).contains("has 0 characters"));
        String huge = "x".repeat(600_000);
        assertThat(RecordFaults.ofId(huge.getBytes(UTF_8), huge))
                .contains("the image id has 600000 characters; it must have 1 to 256");
        assertThat(RecordFaults.ofId("b".getBytes(UTF_8), "a"))
                .contains("the record's key is not the image id 'a' in UTF-8");
        assertThat(RecordFaults.ofId("b".getBytes(UTF_8), "x".repeat(256)))
                .hasValueSatisfying(fault -> assertThat(fault).hasSizeLessThan(200));
    }

    @Test
    void comparesKeysByteByByteSoThatMalformedOnesDoNotEqualEachOther() {
        // Both bytes decode to U+FFFD.
        assertThat(RecordFaults.ofId(new byte[] {(byte) 0xff}, "\uFFFD")).isPresent();
        assertThat(RecordFaults.ofId(new byte[] {(byte) 0xfe}, "\uFFFD")).isPresent();
        // Confluent's wire format in front of the id.
        assertThat(RecordFaults.ofId(new byte[] {0, 0, 0, 0, 1, 'a'}, "a")).isPresent();
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 10, Integer.MIN_VALUE, Integer.MAX_VALUE})
    void rejectsALabelThatIsNoDigit(int label) {
        assertThat(fault(new DigitLabel("a", label, NOW))).contains("the label is " + label + "; it must be 0 to 9");
    }

    @Test
    void rejectsALabelOfAnImpossibleTime() {
        assertThat(fault(new DigitLabel("a", 1, NOW))).isEmpty();
        assertThat(fault(new DigitLabel("a", 1, Instant.parse("2030-01-01T00:00:00Z"))))
                .hasValueSatisfying(fault -> assertThat(fault).contains("labelledAt", "event.time.max.ahead.ms"));
        assertThat(fault(new DigitLabel("a", 1, Instant.ofEpochMilli(Long.MIN_VALUE))))
                .isPresent();
    }

    private record Odd(Prediction prediction, String fault) {}

    static Stream<Odd> oddPredictions() {
        List<Odd> odd = new ArrayList<>();
        for (float confidence : new float[] {Float.NaN, Float.POSITIVE_INFINITY, -0.1f, 1.1f, -2.3f}) {
            odd.add(new Odd(prediction(prediction -> prediction.setConfidence(confidence)), "the confidence is"));
        }
        for (float probability :
                new float[] {Float.NaN, Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY, -2.3f, 1.5f}) {
            List<Float> probabilities = new ArrayList<>(Collections.nCopies(10, 0.1f));
            probabilities.set(4, probability);
            odd.add(new Odd(
                    prediction(prediction -> prediction.setProbabilities(probabilities)),
                    "the probability of the digit 4 is"));
        }
        for (int size : new int[] {0, 1, 9, 11, 1_000}) {
            odd.add(new Odd(
                    prediction(prediction -> prediction.setProbabilities(Collections.nCopies(size, 1f / 10))),
                    "there are " + size + " probabilities"));
        }
        odd.add(new Odd(
                prediction(prediction -> prediction.setProbabilities(Collections.nCopies(10, 0.5f))),
                "the probabilities sum to 5.0"));
        odd.add(new Odd(prediction(prediction -> prediction.setLabel(10)), "the predicted label is 10"));
        odd.add(new Odd(prediction(prediction -> prediction.setLabel(-1)), "the predicted label is -1"));
        for (String name : List.of("", " ", "x".repeat(129), "x".repeat(70_000))) {
            odd.add(new Odd(
                    prediction(prediction -> prediction.setModelName(name)),
                    "the model name has " + name.length() + " characters"));
            odd.add(new Odd(
                    prediction(prediction -> prediction.setModelVersion(name)),
                    "the model version has " + name.length() + " characters"));
        }
        for (String name : List.of("a/b", "/", "a\nb", "a\u0000b", "x".repeat(100) + "/")) {
            odd.add(new Odd(prediction(prediction -> prediction.setModelName(name)), "contains '/' or a control"));
            odd.add(new Odd(prediction(prediction -> prediction.setModelVersion(name)), "contains '/' or a control"));
        }
        for (long time : new long[] {Long.MIN_VALUE, Long.MAX_VALUE, 0, -1, 1_767_225_600L}) {
            odd.add(new Odd(
                    prediction(prediction -> prediction.setEventTime(Instant.ofEpochMilli(time))),
                    "eventTime is " + time));
        }
        return odd.stream();
    }

    @ParameterizedTest
    @MethodSource("oddPredictions")
    void rejectsAnOddPredictionWithItsTrueReasonInAShortLine(Odd odd) {
        assertThat(RecordFaults.of(odd.prediction, EventTimeRange.DEFAULT, NOW.toEpochMilli()))
                .hasValueSatisfying(fault -> assertThat(fault)
                        .contains(odd.fault)
                        .doesNotContain("\n", "\u0000")
                        .hasSizeLessThan(400));
    }

    @Test
    void acceptsAPredictionOfAnotherToolThatKnowsNoImageRecord() {
        Prediction prediction = prediction(other -> {
            other.setModelName("résumé net:v1+gpu");
            other.setImagePartition(-1);
            other.setImageOffset(-1);
            other.setImageTopic("");
            other.setBatchSize(0);
            // Rounded to two decimals.
            other.setProbabilities(List.of(0.91f, 0.01f, 0.01f, 0.01f, 0.01f, 0.01f, 0f, 0f, 0.01f, 0.01f));
        });
        assertThat(RecordFaults.of(prediction, EventTimeRange.DEFAULT, NOW.toEpochMilli()))
                .isEmpty();
    }

    private static Optional<String> fault(DigitLabel label) {
        return RecordFaults.of(label, EventTimeRange.DEFAULT, NOW.toEpochMilli());
    }

    private static Prediction prediction(java.util.function.Consumer<Prediction> change) {
        Prediction prediction = new Prediction(
                "a", 1, 0.9f, Collections.nCopies(10, 0.1f), "m", "1", "digits.images", 0, 0L, NOW, NOW, 1);
        change.accept(prediction);
        return prediction;
    }
}
