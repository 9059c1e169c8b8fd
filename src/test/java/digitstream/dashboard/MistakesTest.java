package digitstream.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import digitstream.avro.DigitLabel;
import digitstream.avro.Prediction;
import java.time.Instant;
import java.util.Collections;
import org.junit.jupiter.api.Test;

class MistakesTest {
    private static final Instant NOON = Instant.parse("2026-01-31T12:00:00Z");

    private final Mistakes mistakes = new Mistakes();

    static Prediction prediction(String imageId, int label, float confidence, Instant eventTime) {
        return new Prediction(
                imageId,
                label,
                confidence,
                Collections.nCopies(10, 0.1f),
                "m",
                "1",
                "digits.images",
                2,
                77L,
                eventTime,
                eventTime,
                8);
    }

    private static DigitLabel label(String imageId, int digit, int second) {
        return new DigitLabel(imageId, digit, NOON.plusSeconds(second));
    }

    @Test
    void findsAMistakeWhetherThePredictionOrTheLabelComesFirst() {
        mistakes.predicted(prediction("a", 4, 0.7f, NOON));
        mistakes.labelled(label("a", 9, 1));
        mistakes.labelled(label("b", 9, 1));
        mistakes.predicted(prediction("b", 4, 0.8f, NOON.plusSeconds(5)));
        assertThat(mistakes.of(9, 4)).extracting(Mistakes.Mistake::imageId).containsExactly("b", "a");
        assertThat(mistakes.first(MistakeOrder.LATEST, 1))
                .extracting(Mistakes.Mistake::imageId)
                .containsExactly("b");
        Mistakes.Mistake first = mistakes.of(9, 4).get(1);
        assertThat(first.partition()).isEqualTo(2);
        assertThat(first.offset()).isEqualTo(77);
        assertThat(first.confidence()).isEqualTo(0.7f);
    }

    @Test
    void ignoresCorrectAndUnlabelledPredictions() {
        mistakes.predicted(prediction("a", 4, 0.7f, NOON));
        mistakes.labelled(label("a", 4, 1));
        mistakes.predicted(prediction("never labelled", 4, 0.7f, NOON));
        assertThat(mistakes.first(MistakeOrder.LATEST, 10)).isEmpty();
    }

    @Test
    void removesAMistakeWhenTheLabelIsCorrectedAndIgnoresOlderLabels() {
        mistakes.predicted(prediction("a", 4, 0.7f, NOON));
        mistakes.labelled(label("a", 9, 1));
        mistakes.labelled(label("a", 4, 2));
        assertThat(mistakes.first(MistakeOrder.LATEST, 10)).isEmpty();
        mistakes.labelled(label("a", 9, 1));
        assertThat(mistakes.first(MistakeOrder.LATEST, 10)).isEmpty();
        mistakes.labelled(label("a", 7, 3));
        assertThat(mistakes.of(7, 4)).hasSize(1);
        assertThat(mistakes.of(9, 4)).isEmpty();
    }

    @Test
    void showsAMistakeOnceWhenItsLabelIsRepeated() {
        mistakes.predicted(prediction("a", 4, 0.7f, NOON));
        mistakes.labelled(label("a", 9, 1));
        mistakes.labelled(label("a", 9, 2));
        mistakes.predicted(prediction("a", 4, 0.7f, NOON));
        assertThat(mistakes.of(9, 4)).hasSize(1);
    }

    @Test
    void theLatestMistakeIsTheOneFoundLastWhateverItsEventTime() {
        mistakes.predicted(prediction("from a clock that is ahead", 4, 0.7f, NOON.plusSeconds(86_400)));
        mistakes.labelled(label("from a clock that is ahead", 9, 1));
        mistakes.predicted(prediction("later", 3, 0.7f, NOON));
        mistakes.labelled(label("later", 5, 2));
        assertThat(mistakes.first(MistakeOrder.LATEST, 1))
                .extracting(Mistakes.Mistake::imageId)
                .containsExactly("later");
        assertThat(mistakes.images()).isEqualTo(2);
    }

    @Test
    void keepsTheLatestMistakesOfACell() {
        for (int i = 0; i < 100; i++) {
            mistakes.predicted(prediction("i" + i, 4, 0.7f, NOON.plusSeconds(i)));
            mistakes.labelled(label("i" + i, 9, i));
        }
        assertThat(mistakes.of(9, 4)).hasSize(24);
        assertThat(mistakes.of(9, 4).get(0).imageId()).isEqualTo("i99");
    }

    @Test
    void ordersMistakesByConfidence() {
        float[] confidences = {0.6f, 0.9f, 0.7f};
        for (int i = 0; i < confidences.length; i++) {
            mistakes.predicted(prediction("i" + i, 4, confidences[i], NOON));
            mistakes.labelled(label("i" + i, i, 1));
        }
        assertThat(mistakes.first(MistakeOrder.CONFIDENT, 2))
                .extracting(Mistakes.Mistake::imageId)
                .containsExactly("i1", "i2");
        assertThat(mistakes.first(MistakeOrder.UNSURE, 10))
                .extracting(Mistakes.Mistake::imageId)
                .containsExactly("i0", "i2", "i1");
    }

    @Test
    void removesAMistakeWhoseLabelIsRetractedAndFindsItAgainWithALaterLabel() {
        mistakes.predicted(prediction("a", 4, 0.7f, NOON));
        mistakes.labelled(label("a", 9, 2));
        mistakes.retracted("a", NOON.plusSeconds(1));
        assertThat(mistakes.of(9, 4)).hasSize(1);
        mistakes.retracted("a", NOON.plusSeconds(3));
        mistakes.labelled(label("a", 8, 2));
        mistakes.predicted(prediction("a", 4, 0.7f, NOON));
        assertThat(mistakes.first(MistakeOrder.LATEST, 10)).isEmpty();
        mistakes.labelled(label("a", 8, 4));
        assertThat(mistakes.of(8, 4)).hasSize(1);
    }

    private static Prediction by(String version, String imageId, int label) {
        Prediction prediction = prediction(imageId, label, 0.7f, NOON);
        prediction.setModelVersion(version);
        return prediction;
    }

    @Test
    void twoVersionsMayMakeTheSameMistakeOnAnImage() {
        mistakes.labelled(label("a", 9, 1));
        mistakes.predicted(by("1", "a", 4));
        mistakes.predicted(by("2", "a", 4));
        mistakes.predicted(by("2", "a", 4));
        assertThat(mistakes.of(9, 4)).extracting(Mistakes.Mistake::model).containsExactly("m/2", "m/1");
    }

    @Test
    void aVersionHasOnePredictionOfAnImage() {
        mistakes.labelled(label("a", 9, 1));
        mistakes.predicted(by("1", "a", 4));
        mistakes.predicted(by("2", "a", 7));
        mistakes.predicted(by("1", "a", 7));
        assertThat(mistakes.of(9, 4)).isEmpty();
        assertThat(mistakes.of(9, 7)).hasSize(2);
        mistakes.predicted(by("1", "a", 9));
        assertThat(mistakes.of(9, 7)).extracting(Mistakes.Mistake::model).containsExactly("m/2");
    }
}
