package digitstream.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import digitstream.common.InferencePrecision;
import digitstream.data.DigitData;
import digitstream.data.DrawnDigits;
import digitstream.data.LabelledImages;
import digitstream.model.Classifier;
import digitstream.model.LoadedModel;
import digitstream.model.LowerPrecision;
import digitstream.model.ModelArtifact;
import digitstream.testing.PythonTorch;
import digitstream.testing.Trainings;
import digitstream.training.ModelTrainer.Finished;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Trains a model on drawn digits and tests it. */
class TrainedModelIT {
    @TempDir
    private static Path models;

    private static LabelledImages fresh;
    private static ModelArtifact artifact;
    private static LoadedModel model;

    @BeforeAll
    static void train() throws Exception {
        DrawnDigits drawn = new DrawnDigits(11);
        fresh = new DrawnDigits(12).images(0, 2_000);
        TrainingSettings fast = Preset.FAST.settings();
        Finished finished = Trainings.train(
                new DigitData("drawn", "drawn", drawn.images(0, 8_000), fresh),
                fast.with(4, 100, fast.learningRate(), 1),
                models,
                "lenet",
                "1");
        artifact = finished.artifact();
        model = LoadedModel.load(artifact, InferencePrecision.FLOAT32);
        assertThat(finished.history())
                .extracting(EpochResult::loss)
                .hasSize(4)
                .isSortedAccordingTo(Comparator.reverseOrder());
    }

    @AfterAll
    static void unload() {
        model.close();
    }

    @Test
    void recognisesFreshDrawnDigits() {
        try (Classifier classifier = model.newClassifier()) {
            Evaluation evaluation = Evaluation.of(classifier, "fresh", fresh);
            assertThat(evaluation.counts().labelled()).isEqualTo(2_000);
            assertThat(evaluation.accuracy()).isGreaterThan(0.97);
            assertThat(artifact.card().evaluation().accuracy()).isCloseTo(evaluation.accuracy(), within(1e-9));
        }
    }

    @Test
    void writesTheAccuracyInALowerPrecisionIntoTheCard() {
        LowerPrecision lower = artifact.card().lowerPrecision();
        assumeTrue(lower != null, "this processor has no bfloat16");
        assertThat(lower.images()).isEqualTo(10_000);
        assertThat(lower.correct()).isBetween(9_700, 10_000);
        assertThat(lower.correctInFloat32()).isBetween(9_700, 10_000);
        try (LoadedModel served = LoadedModel.load(artifact);
                Classifier classifier = served.newClassifier()) {
            assertThat(served.lowerPrecisionFault()).isEmpty();
            assertThat(served.methods().contains("forward_bfloat16")).isEqualTo(lower.permits());
            Evaluation evaluation = Evaluation.of(classifier, "fresh", fresh);
            assertThat(evaluation.accuracy())
                    .isCloseTo(artifact.card().evaluation().accuracy(), within(0.002));
        }
    }

    @Test
    void predictsTheSameInBatchesOfAnySize() {
        try (Classifier classifier = model.newClassifier()) {
            float[] together = classifier.classify(images(0, 100));
            int[] sizes = {1, 7, 2, 30, 60};
            int from = 0;
            for (int size : sizes) {
                float[] apart = classifier.classify(images(from, size));
                for (int i = 0; i < apart.length; i++) {
                    assertThat(apart[i]).isCloseTo(together[from * 10 + i], within(1e-5f));
                }
                from += size;
            }
            for (int i = 0; i < 100; i++) {
                float sum = 0;
                for (int digit = 0; digit < 10; digit++) {
                    sum += together[10 * i + digit];
                }
                assertThat(sum).isCloseTo(1, within(1e-5f));
            }
        }
    }

    @Test
    void servesSeveralThreadsAtOnce() throws Exception {
        float[] expected;
        try (Classifier classifier = model.newClassifier()) {
            expected = classifier.classify(images(0, 64));
        }
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Future<float[]>> answers = new ArrayList<>();
            for (int thread = 0; thread < 4; thread++) {
                answers.add(threads.submit(() -> {
                    float[] last = new float[0];
                    try (Classifier classifier = model.newClassifier()) {
                        for (int i = 0; i < 50; i++) {
                            last = classifier.classify(images(0, 64));
                        }
                    }
                    return last;
                }));
            }
            for (Future<float[]> answer : answers) {
                assertThat(answer.get()).usingComparatorWithPrecision(1e-5f).containsExactly(expected);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void rejectsAWrongPixelCountBeforeTheEngineSeesIt() {
        try (Classifier classifier = model.newClassifier()) {
            assertThatThrownBy(() -> classifier.classify(List.of(new byte[784], new byte[783])))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("an image has 783 bytes, not 784");
            assertThatThrownBy(() -> classifier.classify(List.of())).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void leaksNoNativeMemoryPerBatch() throws Exception {
        Path status = Path.of("/proc/self/status");
        assumeTrue(Files.exists(status), "no /proc to read the process's memory from");
        try (Classifier classifier = model.newClassifier()) {
            List<byte[]> batch = images(0, 256);
            for (int i = 0; i < 200; i++) {
                classifier.classify(batch);
            }
            long before = residentKilobytes(status);
            for (int i = 0; i < 2_000; i++) {
                classifier.classify(batch);
            }
            // A batch's input alone has 200 kB: if leaked, 2,000 batches would take 400 MB.
            assertThat(residentKilobytes(status) - before).isLessThan(100_000);
        }
    }

    @Test
    void givesTheSameProbabilitiesInPython() throws Exception {
        assumeTrue(PythonTorch.isThere(), "no python3 with torch to compare with");
        double[] expected = PythonTorch.probabilities(
                artifact.directory().resolve("model.pt"), fresh.slice(0, 32).pixels());
        try (Classifier classifier = model.newClassifier()) {
            float[] ours = classifier.classify(images(0, 32));
            for (int i = 0; i < ours.length; i++) {
                assertThat((double) ours[i]).isCloseTo(expected[i], within(1e-5));
            }
        }
    }

    private static List<byte[]> images(int from, int count) {
        return IntStream.range(from, from + count).mapToObj(fresh::pixels).toList();
    }

    private static long residentKilobytes(Path status) throws Exception {
        return Files.readAllLines(status).stream()
                .filter(line -> line.startsWith("VmRSS"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                .findFirst()
                .orElseThrow();
    }
}
