package digitstream.training;

import ai.djl.Device;
import ai.djl.engine.Engine;
import digitstream.data.DigitData;
import digitstream.data.LabelledImages;
import digitstream.model.Classifier;
import digitstream.model.Engines;
import digitstream.model.LoadedModel;
import digitstream.model.LowerPrecision;
import digitstream.model.ModelArtifact;
import digitstream.model.ModelCard;
import digitstream.model.ModelException;
import digitstream.training.Checkpoint.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Trains models with DJL and writes them as artifacts. A checkpoint is written after each epoch. A resumed training gives
 * the same weights as an uninterrupted one. Run one training at a time per process, because the engine's random number
 * generator is global.
 */
public final class ModelTrainer {
    private final Path models;
    private final String device;
    private final TrainingReport report;
    private final TrainingListener listener;

    /** The outcome of a training run. */
    public sealed interface Outcome permits Finished, Interrupted {}

    /**
     * Training finished and the artifact is written.
     *
     * @param test results on the test images
     * @param history results of all epochs, first to last
     */
    public record Finished(ModelArtifact artifact, Evaluation test, List<EpochResult> history) implements Outcome {
        public Finished {
            history = List.copyOf(history);
        }
    }

    /**
     * The listener stopped the training.
     *
     * @param checkpoint to resume from; empty if no epoch was completed
     * @param best the best epoch so far; empty if no epoch was completed
     */
    public record Interrupted(Optional<Path> checkpoint, Optional<EpochResult> best) implements Outcome {}

    /**
     * Creates a trainer; does no I/O yet.
     *
     * @param models the folder of all models
     * @param device "auto" (the first GPU, else the CPU), "cpu", "gpu" or "gpu:N"
     */
    public ModelTrainer(Path models, String device, TrainingReport report, TrainingListener listener) {
        this.report = report;
        this.models = models;
        this.device = device;
        this.listener = listener;
    }

    /**
     * Trains a new model, evaluates it on the test images, and writes the artifact with its report.
     *
     * @throws ModelException if the version exists, the device does not exist or the disk fails
     * @throws digitstream.data.DataException if there are too few images
     */
    public Outcome train(DigitData data, TrainingSettings settings, String name, String version) throws IOException {
        if (ModelArtifact.exists(models, name, version)) {
            throw new ModelException(
                    "the model " + models.resolve(name).resolve(version) + " already exists; choose another version");
        }
        DividedImages images = DividedImages.of(data, settings);
        Progress progress =
                new Progress(name, version, settings, images.training().sha256(), List.of(), 0, 0);
        return run(data, images, progress, null);
    }

    /**
     * Resumes an interrupted training.
     *
     * @param version empty for the one that was interrupted last
     * @throws ModelException if there is none or the training images differ
     */
    public Outcome resume(DigitData data, String name, Optional<String> version) throws IOException {
        Checkpoint checkpoint = unfinished(name, version);
        return run(data, sameImages(data, checkpoint), checkpoint.progress(), checkpoint);
    }

    /**
     * Writes the best epoch of an interrupted training as an artifact, without training further.
     *
     * @param version empty for the one that was interrupted last
     * @throws ModelException if there is none or the training images differ
     */
    public Finished finish(DigitData data, String name, Optional<String> version) throws IOException {
        Checkpoint checkpoint = unfinished(name, version);
        Engines.forTraining();
        return write(data, sameImages(data, checkpoint), checkpoint, DeviceChoice.of(device));
    }

    private Checkpoint unfinished(String name, Optional<String> version) throws IOException {
        Path file = version.map(its -> Checkpoint.file(models, name, its))
                .filter(Files::exists)
                .or(() -> version.isPresent() ? Optional.empty() : latest(name))
                .orElseThrow(() -> new ModelException("there is no unfinished training of " + name
                        + version.map(its -> " " + its).orElse("") + " in " + models));
        return Checkpoint.read(file);
    }

    private Optional<Path> latest(String name) {
        try {
            return Checkpoint.latest(models, name);
        } catch (IOException e) {
            throw new ModelException("the models in " + models.resolve(name) + " can't be listed: " + e, e);
        }
    }

    private static DividedImages sameImages(DigitData data, Checkpoint checkpoint) {
        DividedImages images = DividedImages.of(data, checkpoint.progress().settings());
        if (!images.training().sha256().equals(checkpoint.progress().dataSha256())) {
            throw new ModelException("the training of " + checkpoint.progress().name() + " "
                    + checkpoint.progress().version() + " was started with other images than " + data.origin()
                    + "; pass the same images with --data");
        }
        return images;
    }

    private Outcome run(DigitData data, DividedImages images, Progress begun, @Nullable Checkpoint from)
            throws IOException {
        Engines.forTraining();
        Device where = DeviceChoice.of(device);
        TrainingSettings settings = begun.settings();
        Path file = Checkpoint.file(models, begun.name(), begun.version());
        Checkpoint last = from;
        long start = System.nanoTime();
        byte[] graph = from == null ? settings.architecture().graph() : from.network();
        try (TrainableNetwork network = TrainableNetwork.load(graph, where);
                Augmenter augmenter = Augmenter.of(settings.augmentation(), where)) {
            WeightUpdate update = new WeightUpdate(settings, network.parameters(), network.manager());
            if (from == null) {
                network.initialise(settings.seed());
            } else {
                update.restore(from.moments());
            }
            EpochLoop loop = new EpochLoop(settings, listener, network, augmenter, update, images);
            for (int epoch = begun.history().size() + 1; epoch <= settings.epochs(); epoch++) {
                Optional<EpochResult> result = loop.run(epoch);
                if (result.isEmpty()) {
                    return interrupted(file, last);
                }
                double seconds = begun.seconds() + (System.nanoTime() - start) / 1e9;
                last = after(result.get(), begun, last, network.torchScript(), update.state(), seconds);
                last.write(file);
                listener.epoch(result.get(), settings.epochs());
            }
        }
        if (last == null) {
            throw new IllegalStateException("training must have at least one epoch");
        }
        return write(data, images, last, where);
    }

    private static Interrupted interrupted(Path file, @Nullable Checkpoint last) {
        return last == null
                ? new Interrupted(Optional.empty(), Optional.empty())
                : new Interrupted(Optional.of(file), Optional.of(best(last.progress())));
    }

    private static EpochResult best(Progress progress) {
        return progress.history().get(progress.bestEpoch() - 1);
    }

    private static Checkpoint after(
            EpochResult result,
            Progress begun,
            @Nullable Checkpoint before,
            byte[] network,
            byte[] moments,
            double seconds) {
        List<EpochResult> history =
                new ArrayList<>(before == null ? List.of() : before.progress().history());
        history.add(result);
        boolean isBest = isBestSoFar(result, history);
        int bestEpoch =
                before == null || isBest ? result.epoch() : before.progress().bestEpoch();
        return new Checkpoint(
                new Progress(
                        begun.name(),
                        begun.version(),
                        begun.settings(),
                        begun.dataSha256(),
                        history,
                        bestEpoch,
                        seconds),
                network,
                before == null || isBest ? network : before.best(),
                moments);
    }

    /**
     * Applies the one-standard-error rule (Breiman, Friedman, Olshen and Stone, "Classification and Regression Trees", 1984).
     * Epochs whose validation errors are within one standard error of the minimum so far count as equally good; the latest
     * of them is best, because its weights have converged further.
     */
    private static boolean isBestSoFar(EpochResult result, List<EpochResult> history) {
        double min = history.stream()
                .mapToDouble(EpochResult::validationErrors)
                .min()
                .orElse(0);
        return result.validationErrors() <= min + Math.sqrt(min);
    }

    private Finished write(DigitData data, DividedImages images, Checkpoint last, Device where) throws IOException {
        Progress progress = last.progress();
        byte[] torchScript = last.best();
        ModelCard plain = card(progress, data, images, torchScript, where, null, null, null);
        Evaluation test;
        Optional<Evaluation> validation;
        Optional<LowerPrecision> lower;
        try (LoadedModel model = usable(ModelArtifact.inMemory(plain, torchScript));
                Classifier classifier = model.newClassifier()) {
            test = Evaluation.of(classifier, data.name() + ", test images", images.test());
            validation = images.validation()
                    .map(held -> Evaluation.of(classifier, data.name() + ", held out from the training images", held));
            lower = PrecisionLoss.measure(model, classifier, images);
        }
        ModelCard card = card(
                progress,
                data,
                images,
                torchScript,
                where,
                validation.map(held -> held.forCard(held.temperature())).orElse(null),
                test.forCard(null),
                lower.orElse(null));
        Map<String, byte[]> files = report.files(card, test, progress.history());
        ModelArtifact artifact = ModelArtifact.write(models, card, torchScript, files);
        Files.deleteIfExists(Checkpoint.file(models, progress.name(), progress.version()));
        return new Finished(artifact, test, progress.history());
    }

    private static LoadedModel usable(ModelArtifact trained) {
        try {
            return LoadedModel.load(trained);
        } catch (ModelException e) {
            throw new ModelException(
                    "the trained network is not usable: " + e.getMessage()
                            + ". If the training diverged, lower --learning-rate and train again",
                    e);
        }
    }

    private static ModelCard card(
            Progress progress,
            DigitData data,
            DividedImages images,
            byte[] torchScript,
            Device where,
            ModelCard.@Nullable Evaluation validation,
            ModelCard.@Nullable Evaluation test,
            @Nullable LowerPrecision lower) {
        TrainingSettings settings = progress.settings();
        ModelCard.Training training = new ModelCard.Training(
                settings.preset(),
                data.name(),
                progress.dataSha256(),
                images.training().size(),
                progress.history().size(),
                progress.bestEpoch(),
                selection(images.validation()),
                settings.batchSize(),
                settings.describeOptimiser(),
                settings.learningRate(),
                settings.augmentation() == null ? null : settings.augmentation().toString(),
                settings.seed(),
                where.toString(),
                Engines.trainingThreads(),
                progress.seconds());
        return new ModelCard(
                ModelCard.FORMAT_VERSION,
                progress.name(),
                progress.version(),
                ModelArtifact.sha256(torchScript),
                ModelCard.INPUT,
                ModelCard.OUTPUT,
                ModelCard.DIGITS,
                settings.architecture().network(),
                training,
                validation,
                test,
                lower,
                Map.of(
                        "pytorch", Engine.getEngine("PyTorch").getVersion(),
                        "djl", Engine.getDjlVersion(),
                        "java", System.getProperty("java.version")));
    }

    private static String selection(Optional<LabelledImages> validation) {
        return validation
                .map(held -> "the last epoch within one standard error of the fewest errors on " + held.size()
                        + " images held out from the training images; the test images were not used")
                .orElse("the last epoch; the test images were not used");
    }
}
