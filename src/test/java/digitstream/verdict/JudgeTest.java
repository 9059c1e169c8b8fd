package digitstream.verdict;

import static org.assertj.core.api.Assertions.assertThat;

import digitstream.settings.VerdictSettings;
import digitstream.verdict.Observation.Compared;
import digitstream.verdict.Observation.Estimated;
import digitstream.verdict.Observation.Latest;
import digitstream.verdict.Observation.Measured;
import digitstream.verdict.Observation.Model;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class JudgeTest {
    private static final long NOW = 1_000_000;

    private final Judge judge = new Judge(VerdictSettings.DEFAULT);
    private final Seen seen = new Seen();

    /** A healthy stream, of which tests change a part. */
    private static final class Seen {
        long at = NOW;
        OptionalLong away = OptionalLong.empty();
        double predictions = 1_000;
        long waitingImages = 100;
        long waitingEvents = 2_000;
        OptionalLong lastPrediction = OptionalLong.of(NOW);
        OptionalLong lastLabel = OptionalLong.of(NOW);
        OptionalLong latency = OptionalLong.of(90);
        Map<String, Long> deadLetters = Map.of();
        OptionalDouble validation = OptionalDouble.of(0.993);
        Optional<Measured> measured = Optional.of(measured(0.99));
        boolean unlabelled;
        Optional<Estimated> estimated = Optional.of(estimated(0.992, 0.01));
        Optional<Compared> compared = Optional.of(new Compared(0.99, 0.994, 0.992, 0.988, 0.01));
        OptionalDouble imageRate = OptionalDouble.of(1_000);
        OptionalDouble eventRate = OptionalDouble.of(2_000);
        long watchedSince = NOW - 600_000;
        final List<Model> others = new ArrayList<>();

        Model model() {
            return new Model(
                    "lenet/1", validation, measured, unlabelled, OptionalLong.of(NOW - 500_000), estimated, compared);
        }

        Observation observation() {
            return new Observation(
                    at,
                    watchedSince,
                    away,
                    imageRate,
                    predictions,
                    OptionalLong.of(waitingImages),
                    OptionalLong.of(waitingEvents),
                    eventRate,
                    lastPrediction,
                    lastLabel,
                    latency,
                    deadLetters,
                    Stream.concat(Stream.of(model()), others.stream()).toList());
        }
    }

    private static Measured measured(double accuracy) {
        return new Measured("in the last minute", accuracy, accuracy - 0.004, accuracy + 0.004);
    }

    private static Estimated estimated(double accuracy, double drift) {
        return estimated(accuracy, 0.004, accuracy + 0.003, drift);
    }

    private static Estimated estimated(double accuracy, double uncertainty, double latestHigh, double drift) {
        return new Estimated(
                "in the last minute",
                OptionalDouble.of(accuracy),
                OptionalDouble.of(accuracy - uncertainty),
                Optional.of(new Latest(accuracy, latestHigh)),
                drift);
    }

    private Verdict verdict() {
        return judge.judge(seen.observation());
    }

    private void assertWorst(Level level, String text) {
        Verdict verdict = verdict();
        assertThat(verdict.text()).isEqualTo(text);
        assertThat(verdict.level()).isEqualTo(level);
    }

    @Test
    void findsNothingWrongWithAHealthyStream() {
        assertWorst(Level.OK, "All is well");
    }

    @Test
    void callsLowAccuracyCriticalAndADropAWarning() {
        seen.measured = Optional.of(measured(0.299));
        seen.estimated = Optional.of(estimated(0.8, 7.2));
        assertWorst(Level.CRITICAL, "Accuracy 29.9 % in the last minute (99.3 % on validation)");
        assertThat(verdict().findings())
                .extracting(Finding::text)
                .as("the estimate is worthless then")
                .containsExactly(
                        "Accuracy 29.9 % in the last minute (99.3 % on validation)",
                        "Images look unlike the validation images (PSI 7.2): the estimate is worthless");
        seen.measured = Optional.of(measured(0.975));
        seen.estimated = Optional.empty();
        assertWorst(Level.WARNING, "Accuracy 97.5 % in the last minute (99.3 % on validation)");
        seen.validation = OptionalDouble.empty();
        assertWorst(Level.OK, "All is well");
    }

    @Test
    void comparesTheUpperEndOfTheInterval() {
        seen.measured = Optional.of(new Measured("in the last 10m", 0.9, 0.8, 0.971));
        seen.validation = OptionalDouble.empty();
        seen.estimated = Optional.empty();
        assertWorst(Level.OK, "All is well");
        seen.measured = Optional.of(new Measured("in the last 10m", 0.9, 0.8, 0.969));
        assertWorst(Level.CRITICAL, "Accuracy 90.0 % in the last 10m");
    }

    @Test
    void suspectsTheLabelsIfTheyContradictAGoodEstimateOfTheSameImages() {
        seen.compared = Optional.of(new Compared(0.001, 0.004, 0.992, 0.988, 0.01));
        assertWorst(Level.CRITICAL, "Estimate 99.2 %, measured 0.1 %: are the labels right?");
        seen.compared = Optional.of(new Compared(0.001, 0.004, 0.992, 0.988, 0.3));
        assertWorst(Level.OK, "All is well");
    }

    /** After noise has ended, the images of a longer window are still noisy, and those of the last minute are not. */
    @Test
    void doesNotSuspectTheLabelsForImagesOfAnotherTime() {
        seen.measured = Optional.of(new Measured("in the last 10m", 0.5, 0.45, 0.55));
        seen.estimated = Optional.of(estimated(0.992, 0.01));
        assertThat(verdict().findings()).extracting(Finding::rule).containsExactly("accuracy-low");
    }

    @Test
    void warnsOfALowEstimateWithoutLabels() {
        seen.measured = Optional.empty();
        seen.estimated = Optional.of(estimated(0.93, 0.1));
        assertWorst(Level.WARNING, "Estimated accuracy 93.0 % in the last minute");
    }

    @Test
    void warnsOfLatestImagesThatLookHarderThanTheValidationImages() {
        seen.estimated = Optional.of(estimated(0.976, 0.01, 0.9829, 0.1));
        assertWorst(Level.WARNING, "Estimated accuracy 97.6 % of the latest images (99.3 % on validation)");
        seen.estimated = Optional.of(estimated(0.976, 0.01, 0.9831, 0.1));
        assertWorst(Level.OK, "All is well");
        seen.estimated = Optional.of(estimated(0.976, 0.01, 0.9829, 0.1));
        seen.validation = OptionalDouble.empty();
        assertWorst(Level.OK, "All is well");
    }

    @Test
    void suspectsNoLabelsWithinTheEstimatesInterval() {
        seen.compared = Optional.of(new Compared(0.9, 0.904, 0.97, 0.96, 0.1));
        assertThat(verdict().findings()).extracting(Finding::rule).contains("labels-suspicious");
        seen.compared = Optional.of(new Compared(0.9, 0.904, 0.97, 0.95, 0.1));
        assertWorst(Level.OK, "All is well");
    }

    @Test
    void namesTheImagesOfAnEstimateAtALowRate() {
        seen.measured = Optional.empty();
        seen.estimated = Optional.of(new Estimated(
                "of the latest 503 images",
                OptionalDouble.of(0.93),
                OptionalDouble.of(0.9),
                Optional.of(new Latest(0.93, 0.94)),
                0.1));
        assertWorst(Level.WARNING, "Estimated accuracy 93.0 % of the latest 503 images");
    }

    @Test
    void judgesEachVersionThatPredictsAndNamesItIfThereAreSeveral() {
        seen.others.add(new Model(
                "lenet/2",
                OptionalDouble.of(0.993),
                Optional.of(measured(0.299)),
                false,
                OptionalLong.empty(),
                Optional.empty(),
                Optional.empty()));
        assertWorst(Level.CRITICAL, "lenet/2: Accuracy 29.9 % in the last minute (99.3 % on validation)");
        seen.measured = Optional.of(measured(0.2));
        assertThat(verdict().findings())
                .as("the worst first")
                .extracting(Finding::text)
                .containsExactly(
                        "lenet/1: Accuracy 20.0 % in the last minute (99.3 % on validation)",
                        "lenet/2: Accuracy 29.9 % in the last minute (99.3 % on validation)");
    }

    @Test
    void remembersForEachVersionSinceWhen() {
        seen.measured = Optional.of(measured(0.2));
        verdict();
        seen.at += 1_000;
        seen.others.add(new Model(
                "lenet/2",
                OptionalDouble.empty(),
                Optional.of(measured(0.1)),
                false,
                OptionalLong.empty(),
                Optional.empty(),
                Optional.empty()));
        assertThat(verdict().findings()).extracting(Finding::sinceMillis).containsExactly(NOW + 1_000, NOW);
    }

    @Test
    void namesAnUnlabelledVersionOnce() {
        seen.others.add(new Model(
                "lenet/2",
                OptionalDouble.empty(),
                Optional.empty(),
                true,
                OptionalLong.of(NOW - 500_000),
                Optional.empty(),
                Optional.empty()));
        assertWorst(Level.WARNING, "Labels come, but none for lenet/2 in 8 min");
    }

    @Test
    void callsNoEstimateWorthlessThatIsNotThere() {
        seen.estimated = Optional.of(new Estimated(
                "in the last minute", OptionalDouble.empty(), OptionalDouble.empty(), Optional.empty(), 0.3));
        assertWorst(Level.WARNING, "Images look unlike the validation images (PSI 0.3)");
    }

    @Test
    void countsDeadLettersWithTheirReasons() {
        seen.deadLetters = Map.of("invalid", 1L);
        assertWorst(Level.WARNING, "1 dead letter in the last minute: invalid");
        Map<String, Long> many = new LinkedHashMap<>();
        many.put("invalid", 45L);
        many.put("undecodable", 400L);
        seen.deadLetters = many;
        assertWorst(Level.CRITICAL, "445 dead letters in the last minute: undecodable, invalid");
    }

    @Test
    void tellsSilenceFromAStandstill() {
        seen.lastPrediction = OptionalLong.of(NOW - 12_000);
        assertWorst(Level.CRITICAL, "No predictions for 12 s, and 100 images wait");
        seen.waitingImages = 0;
        assertWorst(Level.NO_DATA, "No images for 12 s");
        seen.lastPrediction = OptionalLong.empty();
        assertWorst(Level.NO_DATA, "No images yet");
        seen.lastPrediction = OptionalLong.of(NOW - 10_000);
        assertWorst(Level.OK, "All is well");
    }

    @Test
    void missesLabelsOnlyWhilePredictionsCome() {
        seen.lastLabel = OptionalLong.of(NOW - 181_000);
        assertWorst(Level.WARNING, "No labels for 3 min: accuracy is not measured");
        assertThat(verdict().findings().get(0).sinceMillis()).isEqualTo(NOW - 181_000);
        seen.predictions = 0;
        assertWorst(Level.OK, "All is well");
    }

    @Test
    void missesTheLabelsOfAVersionWhileLabelsCome() {
        seen.unlabelled = true;
        assertWorst(Level.WARNING, "Labels come, but none for lenet/1 in 8 min");
        assertThat(verdict().findings().get(0).sinceMillis()).isEqualTo(NOW - 500_000);
        seen.lastLabel = OptionalLong.of(NOW - 181_000);
        assertWorst(Level.WARNING, "No labels for 3 min: accuracy is not measured");
        seen.lastLabel = OptionalLong.of(NOW);
        seen.at = NOW - 320_000;
        seen.lastPrediction = OptionalLong.of(seen.at);
        assertWorst(Level.OK, "All is well");
    }

    @Test
    void turnsLagIntoTime() {
        seen.waitingEvents = 40_000;
        assertWorst(Level.WARNING, "Scoring is 20 s behind");
        seen.waitingImages = 41_000;
        assertWorst(Level.CRITICAL, "Classifying is 41 s behind");
        seen.waitingImages = 0;
        seen.waitingEvents = 20_000;
        assertWorst(Level.OK, "All is well");
    }

    /** A dashboard that has seen no record come does not know their rate. */
    @Test
    void findsABacklogThatWasThereBefore() {
        seen.eventRate = OptionalDouble.empty();
        seen.waitingEvents = 24_000;
        assertWorst(Level.WARNING, "Scoring is behind: 24,000 records wait");
        seen.watchedSince = NOW - 1_000;
        assertWorst(Level.OK, "All is well");
        seen.watchedSince = NOW - 600_000;
        seen.waitingEvents = 8;
        assertWorst(Level.OK, "All is well");
    }

    @Test
    void warnsOfLateImagesAndOfBrokersThatAreAway() {
        seen.latency = OptionalLong.of(6_000);
        assertWorst(Level.WARNING, "One in 100 images waits longer than 6 s for its prediction");
        seen.away = OptionalLong.of(NOW - 4_000);
        assertWorst(Level.CRITICAL, "The Kafka brokers do not respond");
    }

    @Test
    void remembersSinceWhen() {
        seen.deadLetters = Map.of("invalid", 1L);
        assertThat(verdict().sinceMillis()).isEqualTo(NOW);
        seen.at += 5_000;
        seen.lastPrediction = OptionalLong.of(seen.at);
        seen.lastLabel = OptionalLong.of(seen.at);
        assertThat(verdict().sinceMillis()).isEqualTo(NOW);
        assertThat(verdict().findings().get(0).sinceMillis()).isEqualTo(NOW);
        seen.deadLetters = Map.of();
        assertThat(verdict()).isEqualTo(new Verdict(Level.OK, seen.at, List.of()));
    }
}
