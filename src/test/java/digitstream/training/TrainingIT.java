package digitstream.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import digitstream.data.DigitData;
import digitstream.data.DigitSources;
import digitstream.data.DrawnDigits;
import digitstream.data.LabelledImages;
import digitstream.model.Classifier;
import digitstream.model.LoadedModel;
import digitstream.model.LowerPrecision;
import digitstream.model.ModelArtifact;
import digitstream.model.ModelCard;
import digitstream.model.ModelException;
import digitstream.testing.PythonTorch;
import digitstream.testing.Trainings;
import digitstream.training.ModelTrainer.Finished;
import digitstream.training.ModelTrainer.Interrupted;
import digitstream.training.report.Report;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Trains on a few drawn digits: reproducibility, interruption and resuming. */
class TrainingIT {
    private static final DigitData FEW =
            new DigitData("drawn", "drawn", new DrawnDigits(13).images(0, 600), new DrawnDigits(14).images(0, 200));

    @TempDir
    private Path models;

    /** Stops a training in the middle of an epoch. */
    private static final class StopsIn implements TrainingListener {
        private final int epoch;
        private boolean reached;

        StopsIn(int epoch) {
            this.epoch = epoch;
        }

        @Override
        public void progress(int epochNow, int epochs, int imagesDone, int images) {
            reached = epochNow == epoch;
        }

        @Override
        public boolean wantsStop() {
            return reached;
        }
    }

    private static TrainingSettings few(Preset preset, int epochs, long seed) {
        TrainingSettings settings = preset.settings();
        return settings.with(epochs, 50, settings.learningRate(), seed);
    }

    @ParameterizedTest
    @EnumSource(
            value = Preset.class,
            names = {"FAST", "BEST"})
    void givesTheSameWeightsForTheSameSeed(Preset preset) throws Exception {
        String first = train(few(preset, 2, 5), "first");
        assertThat(train(few(preset, 2, 5), "second")).isEqualTo(first);
        assertThat(train(few(preset, 2, 6), "other")).isNotEqualTo(first);
    }

    @ParameterizedTest
    @EnumSource(
            value = Preset.class,
            names = {"FAST", "BEST"})
    void resumesWithTheSameResultAsWithoutInterruption(Preset preset) throws Exception {
        TrainingSettings settings = few(preset, 4, 7);
        String uninterrupted = train(settings, "whole");

        ModelTrainer stopping = new ModelTrainer(models, "cpu", Report::files, new StopsIn(3));
        Interrupted interrupted = (Interrupted) stopping.train(FEW, settings, "lenet", "parts");
        assertThat(interrupted.checkpoint())
                .hasValueSatisfying(file -> assertThat(file).exists());
        assertThat(ModelArtifact.exists(models, "lenet", "parts")).isFalse();
        assertThat(ModelArtifact.latest(models, "lenet")).contains(models.resolve("lenet/whole"));

        Finished finished = (Finished) quiet().resume(FEW, "lenet", Optional.empty());
        assertThat(finished.artifact().card().sha256()).isEqualTo(uninterrupted);
        assertThat(finished.history()).extracting(EpochResult::epoch).containsExactly(1, 2, 3, 4);
        assertThat(interrupted.checkpoint().orElseThrow()).doesNotExist();
    }

    @Test
    void finishesAnInterruptedTrainingWithItsBestEpoch() throws Exception {
        TrainingSettings settings = few(Preset.FAST, 9, 1);
        new ModelTrainer(models, "cpu", Report::files, new StopsIn(3)).train(FEW, settings, "lenet", "1");
        Finished finished = quiet().finish(FEW, "lenet", Optional.of("1"));
        assertThat(finished.history()).hasSize(2);
        assertThat(finished.artifact().card().training().epochs()).isEqualTo(2);
        assertThat(ModelArtifact.open(models.resolve("lenet/1")).card())
                .isEqualTo(finished.artifact().card());
        assertThatThrownBy(() -> quiet().resume(FEW, "lenet", Optional.empty()))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("no unfinished training of lenet");
    }

    @Test
    void keepsNoCheckpointOfAnIncompleteEpoch() throws Exception {
        Interrupted interrupted = (Interrupted) new ModelTrainer(models, "cpu", Report::files, new StopsIn(1))
                .train(FEW, few(Preset.FAST, 3, 1), "lenet", "1");
        assertThat(interrupted.checkpoint()).isEmpty();
        assertThat(Checkpoint.latest(models, "lenet")).isEmpty();
    }

    @Test
    void doesNotResumeWithOtherImagesOrADamagedFile() throws Exception {
        new ModelTrainer(models, "cpu", Report::files, new StopsIn(2)).train(FEW, few(Preset.FAST, 3, 1), "lenet", "1");
        DigitData others = new DigitData("drawn", "others", new DrawnDigits(99).images(0, 600), FEW.test());
        assertThatThrownBy(() -> quiet().resume(others, "lenet", Optional.empty()))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("was started with other images than others");
        Path file = Checkpoint.latest(models, "lenet").orElseThrow();
        Files.write(file, new byte[] {1, 2, 3});
        assertThatThrownBy(() -> quiet().resume(FEW, "lenet", Optional.empty()))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("is not a checkpoint or is damaged");
    }

    /** The model, an ensemble with normalisation and dropout, is saved in evaluation mode. */
    @Test
    void writesModelsThatGiveTheSameProbabilitiesInPython() throws Exception {
        assumeTrue(PythonTorch.isThere(), "no python3 with torch to compare with");
        ModelArtifact artifact = Trainings.train(FEW, few(Preset.BEST, 1, 1), models, "lenet", "1")
                .artifact();
        LabelledImages images = FEW.test().slice(0, 20);
        double[] expected = PythonTorch.probabilities(artifact.directory().resolve("model.pt"), images.pixels());
        try (LoadedModel model = LoadedModel.load(artifact);
                Classifier classifier = model.newClassifier()) {
            float[] ours = classifier.classify(
                    IntStream.range(0, 20).mapToObj(images::pixels).toList());
            for (int i = 0; i < ours.length; i++) {
                assertThat((double) ours[i]).isCloseTo(expected[i], within(1e-5));
            }
        }
    }

    @Test
    void rejectsAnExistingVersionBeforeTraining() throws Exception {
        train(few(Preset.FAST, 1, 1), "1");
        TrainingListener nobody = new TrainingListener() {
            @Override
            public void progress(int epoch, int epochs, int imagesDone, int images) {
                throw new AssertionError("training has started");
            }
        };
        assertThatThrownBy(() -> new ModelTrainer(models, "cpu", Report::files, nobody)
                        .train(FEW, few(Preset.FAST, 1, 1), "lenet", "1"))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("already exists; choose another version");
    }

    @Test
    void rejectsUnknownDevicesAndListsTheAvailableOnes() {
        assertThatThrownBy(() -> new ModelTrainer(models, "gpu:99", Report::files, new TrainingListener() {})
                        .train(FEW, few(Preset.FAST, 1, 1), "lenet", "1"))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("--device is gpu:99, but PyTorch");
        assertThatThrownBy(() -> new ModelTrainer(models, "tpu", Report::files, new TrainingListener() {})
                        .train(FEW, few(Preset.FAST, 1, 1), "lenet", "1"))
                .hasMessageContaining("set it to auto, cpu, gpu or gpu:N");
    }

    @Test
    void writesACardAndAReportWithTheModel() throws Exception {
        Finished finished = Trainings.train(FEW, few(Preset.BEST, 2, 3), models, "lenet", "1");
        ModelCard card = finished.artifact().card();
        assertThat(card.network()).isEqualTo(Architecture.CONVNET.network());
        assertThat(card.validation().images()).isEqualTo(50);
        assertThat(card.evaluation().images()).isEqualTo(200);
        assertThat(card.evaluation().predictedPerClass().stream()
                        .mapToLong(n -> n)
                        .sum())
                .isEqualTo(200);
        assertThat(card.evaluation().confidenceBins().stream().mapToLong(n -> n).sum())
                .isEqualTo(200);
        assertThat(card.training().selection()).contains("50 images held out", "the test images were not used");
        assertThat(card.training().images()).isEqualTo(550);

        Path directory = finished.artifact().directory();
        assertThat(names(directory))
                .containsExactly(
                        "confusion-matrix.png",
                        "learning-curves.png",
                        "model.json",
                        "model.pt",
                        "per-class.png",
                        "reliability.png",
                        "report.html");
        for (String plot : List.of("confusion-matrix", "learning-curves", "per-class", "reliability")) {
            BufferedImage image = ImageIO.read(directory.resolve(plot + ".png").toFile());
            assertThat(image.getWidth()).isGreaterThan(400);
        }
        Evaluation test = finished.test();
        assertThat(Files.readString(directory.resolve("report.html")))
                .contains(String.format(java.util.Locale.ROOT, "%.2f %%", 100 * test.accuracy()))
                .contains(
                        "Learning curves",
                        "Reliability",
                        "Confusion matrix",
                        "Conv2d 3x3, 64 filters",
                        "each of the 3 members")
                .contains("image " + test.mistakes().get(0))
                .doesNotContain("http://", "https://", "<script");
    }

    /** The accuracy required on MNIST, with a fraction of the default's training time. */
    @Test
    void learnsTheRealDigits() throws Exception {
        Optional<Path> mnist = Optional.ofNullable(System.getenv(DigitSources.ENVIRONMENT_VARIABLE))
                .map(Path::of);
        assumeTrue(mnist.isPresent(), "DIGITSTREAM_DATA is not set: there are no real digits here");
        DigitData digits = new DigitSources(Path.of("unused"), List.of(), line -> {}).find(Optional.empty(), mnist);
        TrainingSettings fast = Preset.FAST.settings();
        Finished finished =
                Trainings.train(digits, fast.with(4, 100, fast.learningRate(), 1), models, "lenet", "mnist");
        assertThat(finished.test().accuracy()).isGreaterThan(0.985);
        assertThat(finished.artifact().card().validation().accuracy()).isGreaterThan(0.98);
        // Null where the processor has no bfloat16.
        LowerPrecision lower = finished.artifact().card().lowerPrecision();
        assertThat(lower == null || (lower.images() == 70_000 && lower.permits()))
                .as("%s", lower)
                .isTrue();
    }

    /** Trains and returns the SHA-256 of model.pt, which covers weights and graph. */
    private String train(TrainingSettings settings, String version) throws IOException {
        return Trainings.train(FEW, settings, models, "lenet", version)
                .artifact()
                .card()
                .sha256();
    }

    private ModelTrainer quiet() {
        return new ModelTrainer(models, "cpu", Report::files, new TrainingListener() {});
    }

    private static List<String> names(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
