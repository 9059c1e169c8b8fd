package digitstream.dashboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import digitstream.avro.Prediction;
import digitstream.common.InferencePrecision;
import digitstream.dashboard.EstimateTrial.Said;
import digitstream.data.LabelledImages;
import digitstream.model.Classifier;
import digitstream.model.LoadedModel;
import digitstream.model.ModelArtifact;
import digitstream.testing.Corruption;
import digitstream.testing.Environment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What the estimate and the alarm say of MNIST's test images, clean and corrupted, by a model that was trained on MNIST. */
@ExtendWith(Environment.Extension.class)
class EstimateIT {
    private static final int CLEAN_RUNS = 100;
    private static final double COST = 0.02;
    private static final int SOON = 2_000;
    /** A wider interval covers the truth, but says nothing. */
    private static final double USEFUL = 0.2;

    private static LabelledImages test;
    private static LoadedModel model;
    private static Classifier classifier;
    private static EstimateTrial trial;
    private static List<Prediction> clean;

    /**
     * A corruption and what was said of it.
     *
     * @param measured accuracy by the labels
     */
    private record Row(String name, double measured, Said said) {
        boolean isCoveredOrStruckOut() {
            return said.worthless() || said.covers(measured);
        }

        /** A row of the table in docs/accuracy.md. */
        String markdown() {
            return String.format(
                    Locale.ROOT,
                    "| %s | %.1f | %s | %s |",
                    name,
                    100 * measured,
                    said.worthless()
                            ? String.format(
                                    Locale.ROOT,
                                    "~~%.1f~~",
                                    100 * said.estimate().accuracy())
                            : String.format(
                                    Locale.ROOT,
                                    "%.1f (%.1f to %.1f)",
                                    100 * said.estimate().accuracy(),
                                    100 * said.estimate().low(),
                                    100 * said.estimate().high()),
                    said.alarm().isPresent()
                            ? String.format(Locale.ROOT, "%,d", said.alarm().getAsInt())
                            : "–");
        }
    }

    @BeforeAll
    static void classify(Environment environment) {
        assumeTrue(environment.digits().name().equals("mnist"), "DIGITSTREAM_DATA does not name MNIST");
        test = environment.digits().test();
        ModelArtifact artifact = ModelArtifact.open(environment.model());
        model = LoadedModel.load(artifact, InferencePrecision.FLOAT32);
        classifier = model.newClassifier();
        trial = new EstimateTrial(classifier, artifact.card());
        clean = trial.predictions(EstimateTrial.pixels(test));
    }

    @AfterAll
    static void unload() {
        if (classifier != null) {
            classifier.close();
            model.close();
        }
    }

    @Test
    void coversTheTruthOrIsStruckOutAndAlarmsSoon() throws Exception {
        double cleanAccuracy = EstimateTrial.accuracy(clean, test);
        List<Row> rows = new ArrayList<>();
        for (Corruption corruption : Corruption.all()) {
            List<Prediction> predictions = trial.predictions(corruption.of(EstimateTrial.pixels(test), 1));
            rows.add(new Row(corruption.name(), EstimateTrial.accuracy(predictions, test), trial.watch(predictions)));
        }
        Files.write(
                Path.of("target", "estimate.md"),
                rows.stream().map(Row::markdown).toList());
        assertThat(rows.stream().filter(row -> !row.isCoveredOrStruckOut()).map(Row::markdown))
                .as("neither covered nor struck out")
                .hasSizeLessThanOrEqualTo(rows.size() / 10);
        assertThat(rows)
                .filteredOn(row -> !row.said().worthless())
                .allSatisfy(
                        row -> assertThat(row.said().width()).as(row.markdown()).isLessThan(USEFUL));
        assertThat(rows)
                .filteredOn(row -> row.measured() < cleanAccuracy - COST)
                .hasSizeGreaterThanOrEqualTo(12)
                .allSatisfy(row -> assertThat(row.said().alarm().orElse(Integer.MAX_VALUE))
                        .as(row.markdown())
                        .isLessThanOrEqualTo(SOON));
        assertThat(rows)
                .filteredOn(row -> row.measured() > cleanAccuracy - COST / 4)
                .as("harmless changes, of which most leave the estimate as it is")
                .hasSizeGreaterThanOrEqualTo(4)
                .filteredOn(row -> row.said().worthless())
                .hasSizeLessThanOrEqualTo(2);
    }

    @Test
    void leavesCleanImagesAlone() {
        Said said = trial.watch(clean);
        assertThat(said.worthless()).isFalse();
        assertThat(said.alarm()).isEmpty();
        assertThat(said.covers(EstimateTrial.accuracy(clean, test))).isTrue();
        assertThat(said.width()).isLessThan(0.015);
    }

    @Test
    void alarmsIfOneSourceOfTenIsInverted() {
        Random random = new Random(1);
        List<Prediction> inverted = trial.predictions(corruption("inverted").of(EstimateTrial.pixels(test), 1));
        List<Prediction> mixed = IntStream.range(0, clean.size())
                .mapToObj(i -> random.nextInt(10) == 0 ? inverted.get(i) : clean.get(i))
                .toList();
        assertThat(trial.watch(mixed).alarm().orElse(Integer.MAX_VALUE)).isLessThanOrEqualTo(SOON);
    }

    private static Corruption corruption(String name) {
        return Corruption.all().stream()
                .filter(corruption -> corruption.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void alarmsAtMostOnceIn100RunsOfCleanImages() {
        Random random = new Random(1);
        int alarms = 0;
        for (int run = 0; run < CLEAN_RUNS; run++) {
            List<Prediction> drawn = random.ints(clean.size(), 0, clean.size())
                    .mapToObj(clean::get)
                    .toList();
            alarms += trial.watch(drawn).alarm().isPresent() ? 1 : 0;
        }
        assertThat(alarms).isLessThanOrEqualTo(1);
    }
}
