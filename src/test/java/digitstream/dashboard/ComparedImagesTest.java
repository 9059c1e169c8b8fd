package digitstream.dashboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import digitstream.avro.DigitLabel;
import digitstream.avro.ModelRelease;
import digitstream.avro.Prediction;
import digitstream.avro.ReleaseRole;
import digitstream.avro.ValidationBaseline;
import digitstream.common.DrawnId;
import digitstream.verdict.Observation.Compared;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ComparedImagesTest {
    private static final Instant NOON = Instant.parse("2026-01-31T12:00:00Z");
    private static final long NOW = NOON.toEpochMilli();

    private final ComparedImages images = new ComparedImages(false, 200);
    private final Releases releases = new Releases();

    ComparedImagesTest() {
        List<Long> bins = new ArrayList<>(Collections.nCopies(14, 0L));
        bins.add(5_000L);
        releases.add(
                ModelRelease.newBuilder()
                        .setRole(ReleaseRole.CHAMPION)
                        .setModelName("m")
                        .setModelVersion("1")
                        .setSha256("0".repeat(64))
                        .setStartedAt(NOON)
                        .setValidation(new ValidationBaseline(5_000L, 0.99, Collections.nCopies(10, 500L), bins, 1.0))
                        .build(),
                NOW);
    }

    private static Prediction prediction(String imageId, int digit, float confidence) {
        List<Float> probabilities = new ArrayList<>(Collections.nCopies(10, (1 - confidence) / 9));
        probabilities.set(digit, confidence);
        Prediction prediction = MistakesTest.prediction(imageId, digit, confidence, NOON);
        prediction.setProbabilities(probabilities);
        return prediction;
    }

    private void predict(int from, int count, float confidence) {
        for (int i = from; i < from + count; i++) {
            images.predicted(prediction("i" + i, i % 10, confidence), 1, NOW);
        }
    }

    /** Gives images labels that are wrong if they are shifted. */
    private void label(int from, int count, int shift, long atMillis) {
        for (int i = from; i < from + count; i++) {
            images.labelled(new DigitLabel("i" + i, (i + shift) % 10, Instant.ofEpochMilli(atMillis)), atMillis);
        }
    }

    private Optional<Compared> compared(long nowMillis) {
        return images.of("m/1", releases.of("m/1"), nowMillis);
    }

    @Test
    void comparesTheSameImages() {
        predict(0, 600, 0.99f);
        assertThat(compared(NOW)).as("without labels").isEmpty();
        label(0, 499, 1, NOW);
        assertThat(compared(NOW)).as("too few").isEmpty();
        label(499, 1, 1, NOW);
        Compared all = compared(NOW).orElseThrow();
        assertThat(all.measured()).isZero();
        assertThat(all.measuredHigh()).isLessThan(0.01);
        assertThat(all.estimate()).isCloseTo(0.99, within(1e-6));
        assertThat(all.drift()).isLessThan(0.1);
    }

    /** At one label a second, noise that has ended is in the labelled images for minutes, but no longer in the newest ones. */
    @Test
    void doesNotCompareLabelsOfNoiseWithTheImagesAfterIt() {
        predict(0, 500, 0.3f);
        label(0, 500, 1, NOW);
        predict(500, 2_000, 0.99f);
        Compared all = compared(NOW).orElseThrow();
        assertThat(all.estimate()).isCloseTo(0.3, within(1e-6));
        assertThat(all.drift()).isGreaterThan(0.25);
    }

    @Test
    void forgetsImagesAfterNewerOnesAndAfterAnHour() {
        predict(0, 500, 0.99f);
        label(0, 500, 1, NOW);
        assertThat(compared(NOW + 3_600_000)).isPresent();
        assertThat(compared(NOW + 3_600_001)).isEmpty();
        predict(500, 1_000, 0.99f);
        label(500, 1_000, 0, NOW);
        assertThat(compared(NOW).orElseThrow().measured()).isOne();
    }

    @Test
    void takesLabelsInAnyOrderAndTheirCorrections() {
        label(0, 500, 1, NOW);
        predict(0, 500, 0.99f);
        assertThat(compared(NOW).orElseThrow().measured()).isZero();
        label(0, 500, 0, NOW + 1_000);
        assertThat(compared(NOW).orElseThrow().measured()).isOne();
        label(0, 500, 2, NOW);
        assertThat(compared(NOW).orElseThrow().measured()).as("older labels").isOne();
        images.retracted("i0", NOW + 2_000, NOW);
        assertThat(compared(NOW)).as("one label is taken back").isEmpty();
    }

    @Test
    void leavesDrawnDigitsOutAsScoringDoes() {
        ComparedImages scored = new ComparedImages(true, 200);
        for (int i = 0; i < 500; i++) {
            String imageId = DrawnId.next();
            for (ComparedImages each : List.of(images, scored)) {
                each.predicted(prediction(imageId, i % 10, 0.99f), 1, NOW);
                each.labelled(new DigitLabel(imageId, i % 10, NOON), NOW);
            }
        }
        assertThat(compared(NOW)).isEmpty();
        assertThat(scored.of("m/1", releases.of("m/1"), NOW)).isPresent();
    }

    @Test
    void takesASampleAtHighRates() {
        images.adjustTo(960);
        predict(0, 4_000, 0.99f);
        label(0, 3_000, 0, NOW);
        assertThat(compared(NOW)).as("about an eighth").isEmpty();
        label(3_000, 1_000, 0, NOW);
        predict(4_000, 2_000, 0.99f);
        label(4_000, 2_000, 0, NOW);
        assertThat(compared(NOW)).isPresent();
    }
}
