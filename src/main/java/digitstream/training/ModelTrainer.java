package digitstream.training;

import ai.djl.Device;
import ai.djl.engine.Engine;
import digitstream.data.DigitData;
import digitstream.data.LabelledImages;
import digitstream.model.Classifier;
import digitstream.model.Engines;
import digitstream.model.LoadedModel;
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
 * Trains models with DJL and writes them as artifacts. After each epoch all that going on needs is on the disk, so that an
 * interrupted training is resumed, and comes to the same weights as one that was not. One training at a time in a process,
 * because the engine's random numbers are the process's.
 */
public final class ModelTrainer {
    private final Path models;
    private final String device;
    private final TrainingReport report;
    private final TrainingListener listener;

    /** How a training ended. */
    public sealed interface Outcome permits Finished, Interrupted {}

    /**
     * There is a model.
     *
     * @param test what it says of the test images
     * @param history its epochs
     */
    public record Finished(ModelArtifact artifact, Evaluation test, List<EpochResult> history) implements Outcome {
        public Finished {
            history = List.copyOf(history);
        }
    }

    /**
     * The listener wanted a stop.
     *
     * @param checkpoint from which to go on; empty where not one epoch was over
     * @param best the epoch whose weights would be kept; empty likewise
     */
    public record Interrupted(Optional<Path> checkpoint, Optional<EpochResult> best) implements Outcome {}

    /**
     * Sets up; touches nothing yet.
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
     * Trains a model from the start, measures it on the test images and writes the artifact with its report.
     *
     * @throws ModelException where the version exists, there is no such device, or the disk fails
     * @throws digitstream.data.DataException where there are too few images
     */
    public Outcome train(DigitData data, TrainingSettings settings, String name, String version) throws IOException {
        if (ModelArtifact.exists(models, name, version)) {
            throw new ModelException(
                    "the model " + models.resolve(name).resolve(version) + " exists; give another version");
        }
        DividedImages images = DividedImages.of(data, settings);
        Progress progress =
                new Progress(name, version, settings, images.training().sha256(), List.of(), 0, 0);
        return run(data, images, progress, null);
    }

    /**
     * Goes on with a training that was interrupted.
     *
     * @param version empty for the one that was interrupted last
     * @throws ModelException where there is none, or the images are others
     */
    public Outcome resume(DigitData data, String name, Optional<String> version) throws IOException {
        Checkpoint checkpoint = unfinished(name, version);
        return run(data, sameImages(data, checkpoint), checkpoint.progress(), checkpoint);
    }

    /**
     * Makes a model of the best epoch of a training that was interrupted.
     *
     * @param version empty for the one that was interrupted last
     * @throws ModelException where there is none, or the images are others
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
                    + checkpoint.progress().version() + " began on other images than " + data.origin()
                    + "; name the same ones with --data");
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
            throw new IllegalStateException("a training has at least one epoch");
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
        boolean keeps = isToBeKept(result, history);
        int bestEpoch =
                before == null || keeps ? result.epoch() : before.progress().bestEpoch();
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
                before == null || keeps ? network : before.best(),
                moments);
    }

    /**
     * The one-standard-error rule (Breiman, Friedman, Olshen and Stone, "Classification and Regression Trees", 1984): an
     * epoch whose validation errors are not more than the fewest so far by more than their standard error is as good as that
     * one, and the later of two that are as good has settled more.
     */
    private static boolean isToBeKept(EpochResult result, List<EpochResult> history) {
        double fewest = history.stream()
                .mapToDouble(EpochResult::validationErrors)
                .min()
                .orElse(0);
        return result.validationErrors() <= fewest + Math.sqrt(fewest);
    }

    private Finished write(DigitData data, DividedImages images, Checkpoint last, Device where) throws IOException {
        Progress progress = last.progress();
        byte[] torchScript = last.best();
        ModelCard plain = card(progress, data, images, torchScript, where, null, null);
        Evaluation test;
        Optional<Evaluation> validation;
        try (LoadedModel model = LoadedModel.load(ModelArtifact.inMemory(plain, torchScript));
                Classifier classifier = model.newClassifier()) {
            test = Evaluation.of(classifier, data.name() + ", test images", images.test());
            validation = images.validation()
                    .map(held -> Evaluation.of(classifier, data.name() + ", held out of the training images", held));
        }
        ModelCard card = card(
                progress,
                data,
                images,
                torchScript,
                where,
                validation.map(held -> held.forCard(held.temperature())).orElse(null),
                test.forCard(null));
        Map<String, byte[]> files = report.files(card, test, progress.history());
        ModelArtifact artifact = ModelArtifact.write(models, card, torchScript, files);
        Files.deleteIfExists(Checkpoint.file(models, progress.name(), progress.version()));
        return new Finished(artifact, test, progress.history());
    }

    private static ModelCard card(
            Progress progress,
            DigitData data,
            DividedImages images,
            byte[] torchScript,
            Device where,
            ModelCard.@Nullable Evaluation validation,
            ModelCard.@Nullable Evaluation test) {
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
                Map.of(
                        "pytorch", Engine.getEngine("PyTorch").getVersion(),
                        "djl", Engine.getDjlVersion(),
                        "java", System.getProperty("java.version")));
    }

    private static String selection(Optional<LabelledImages> validation) {
        return validation
                .map(held -> "the last epoch within a standard error of the fewest errors on " + held.size()
                        + " images held out of the training images; the test images decided nothing")
                .orElse("the last epoch; the test images decided nothing");
    }
}
