package digitstream.training;

import ai.djl.Device;
import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Adam;
import digitstream.data.DigitData;
import digitstream.data.LabelledImages;
import digitstream.model.Classifier;
import digitstream.model.Engines;
import digitstream.model.LoadedModel;
import digitstream.model.ModelArtifact;
import digitstream.model.ModelCard;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Trains the tutorial's network: its graph is a resource (see {@code scripts/make_graph.py}), its training is DJL's. The
 * images live on the device, whole, as uint8; a step transfers its indices; loss is read back once an epoch.
 */
public final class ModelTrainer {
    private static final String GRAPH = "lenet.pt";
    private static final String TRAINED = "trained";

    private final TrainingSettings settings;
    private final TrainingListener listener;

    public ModelTrainer(TrainingSettings settings, TrainingListener listener) {
        this.settings = settings;
        this.listener = listener;
    }

    /**
     * Trains a model, measures it on the test images and writes the artifact.
     *
     * @param models the folder of all models
     * @param version of the new one
     * @throws digitstream.model.ModelException where the version exists or the disk fails
     */
    public ModelArtifact train(DigitData data, Path models, String name, String version) throws IOException {
        Engines.forTraining();
        Path work = Files.createTempDirectory("digitstream-training");
        try {
            copyGraph(work);
            long start = System.nanoTime();
            String device;
            try (Model model =
                    Model.newInstance(GRAPH, Engine.getEngine("PyTorch").defaultDevice(), "PyTorch")) {
                model.load(work, GRAPH, Map.of("trainParam", "true"));
                device = model.getNDManager().getDevice().toString();
                fit(model, data.training());
                model.save(work, TRAINED);
            } catch (MalformedModelException e) {
                throw new IllegalStateException("the graph among the resources can't be read: " + e.getMessage(), e);
            }
            double seconds = (System.nanoTime() - start) / 1e9;
            byte[] torchScript = withoutDjlHeader(Files.readAllBytes(work.resolve(TRAINED + "-0000.params")));
            ModelCard.Training training = new ModelCard.Training(
                    data.name(),
                    data.training().sha256(),
                    data.training().size(),
                    settings.epochs(),
                    settings.batchSize(),
                    "Adam, warm-up and cosine decay",
                    settings.learningRate(),
                    settings.seed(),
                    device,
                    seconds);
            ModelCard unevaluated = card(name, version, torchScript, training, null);
            ModelCard.Evaluation evaluation = evaluate(ModelArtifact.write(work, unevaluated, torchScript), data);
            return ModelArtifact.write(models, card(name, version, torchScript, training, evaluation), torchScript);
        } finally {
            deleteAll(work);
        }
    }

    private void fit(Model model, LabelledImages images) {
        int size = images.size();
        int steps = settings.epochs() * ((size + settings.batchSize() - 1) / settings.batchSize());
        DefaultTrainingConfig config = new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss())
                .optDevices(new Device[] {model.getNDManager().getDevice()})
                .optOptimizer(Adam.builder()
                        .optLearningRateTracker(new OneCycle(settings.learningRate(), steps))
                        .build());
        Random random = new Random(settings.seed());
        try (Trainer trainer = model.newTrainer(config);
                NDManager manager = model.getNDManager().newSubManager()) {
            initialise(model, random);
            NDArray pixels = manager.create(
                    ByteBuffer.wrap(images.pixels()),
                    new Shape(size, 1, images.height(), images.width()),
                    DataType.UINT8);
            NDArray labels = manager.create(asLongs(images.labels()));
            enterTrainingMode(model, pixels);
            int[] order = IntStream.range(0, size).toArray();
            for (int epoch = 1; epoch <= settings.epochs(); epoch++) {
                shuffle(order, random);
                epoch(trainer, model, pixels, labels, order, epoch);
            }
            leaveTrainingMode(model, pixels);
        }
    }

    private void epoch(Trainer trainer, Model model, NDArray pixels, NDArray labels, int[] order, int epoch) {
        long start = System.nanoTime();
        Loss loss = trainer.getLoss();
        try (NDManager sums = pixels.getManager().newSubManager()) {
            NDArray lossSum = sums.zeros(new Shape());
            NDArray correct = sums.zeros(new Shape(), DataType.INT64);
            for (int from = 0; from < order.length; from += settings.batchSize()) {
                int to = Math.min(order.length, from + settings.batchSize());
                try (NDManager step = sums.newSubManager();
                        GradientCollector gradients = trainer.newGradientCollector()) {
                    NDIndex index = new NDIndex("{}", step.create(asLongs(Arrays.copyOfRange(order, from, to))));
                    NDArray expected = labels.get(step, index);
                    NDList logits = model.getBlock()
                            .forward(new ParameterStore(step, false), new NDList(pixels.get(step, index)), true);
                    logits.attach(step);
                    NDArray mean = loss.evaluate(new NDList(expected), logits);
                    gradients.backward(mean);
                    lossSum.addi(mean.mul(to - from));
                    correct.addi(logits.singletonOrThrow()
                            .argMax(1)
                            .eq(expected)
                            .toType(DataType.INT64, false)
                            .sum());
                }
                trainer.step();
                listener.progress(epoch, settings.epochs(), to, order.length);
            }
            double seconds = (System.nanoTime() - start) / 1e9;
            listener.epoch(
                    epoch,
                    settings.epochs(),
                    lossSum.getFloat() / order.length,
                    (double) correct.getLong() / order.length,
                    order.length / seconds);
        }
    }

    /** PyTorch's own start for these layers: uniform within one over the square root of a unit's inputs. */
    private static void initialise(Model model, Random random) {
        double bound = 1;
        for (var parameter : model.getBlock().getParameters()) {
            NDArray array = parameter.getValue().getArray();
            Shape shape = array.getShape();
            if (shape.dimension() > 1) {
                bound = 1 / Math.sqrt((double) shape.slice(1).size());
            }
            float[] values = new float[(int) shape.size()];
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) (bound * (2 * random.nextDouble() - 1));
            }
            array.set(values);
        }
    }

    /** DJL tells a module to train only after it has told it not to. */
    private static void enterTrainingMode(Model model, NDArray pixels) {
        leaveTrainingMode(model, pixels);
    }

    /** The mode is saved with the module, and only outside training it returns probabilities. */
    private static void leaveTrainingMode(Model model, NDArray pixels) {
        try (NDManager once = pixels.getManager().newSubManager()) {
            model.getBlock()
                    .forward(new ParameterStore(once, false), new NDList(pixels.get(once, new NDIndex("0:1"))), false)
                    .attach(once);
        }
    }

    private static void shuffle(int[] order, Random random) {
        for (int i = order.length - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            int swapped = order[i];
            order[i] = order[j];
            order[j] = swapped;
        }
    }

    private static long[] asLongs(int[] values) {
        return Arrays.stream(values).asLongStream().toArray();
    }

    private static long[] asLongs(byte[] values) {
        return IntStream.range(0, values.length).mapToLong(i -> values[i]).toArray();
    }

    private static ModelCard.Evaluation evaluate(ModelArtifact artifact, DigitData data) {
        try (LoadedModel model = LoadedModel.load(artifact);
                Classifier classifier = model.newClassifier()) {
            Evaluation evaluation = Evaluation.of(classifier, data.test());
            return new ModelCard.Evaluation(
                    data.name() + ", test images",
                    data.test().size(),
                    evaluation.accuracy(),
                    evaluation.accuracyPerClass());
        }
    }

    private static ModelCard card(
            String name,
            String version,
            byte[] torchScript,
            ModelCard.Training training,
            ModelCard.@Nullable Evaluation evaluation) {
        return new ModelCard(
                ModelCard.FORMAT_VERSION,
                name,
                version,
                ModelArtifact.sha256(torchScript),
                ModelCard.INPUT,
                ModelCard.OUTPUT,
                ModelCard.DIGITS,
                training,
                evaluation,
                Map.of(
                        "pytorch", Engine.getEngine("PyTorch").getVersion(),
                        "djl", Engine.getDjlVersion(),
                        "java", System.getProperty("java.version")));
    }

    /** DJL writes a header of its own in front of the TorchScript file, which is a zip archive. */
    private static byte[] withoutDjlHeader(byte[] saved) {
        for (int i = 0; i + 4 <= saved.length; i++) {
            if (saved[i] == 'P' && saved[i + 1] == 'K' && saved[i + 2] == 3 && saved[i + 3] == 4) {
                return Arrays.copyOfRange(saved, i, saved.length);
            }
        }
        throw new IllegalStateException("DJL saved no TorchScript file");
    }

    private static void copyGraph(Path work) throws IOException {
        try (InputStream graph = ModelTrainer.class.getResourceAsStream(GRAPH)) {
            Files.copy(Objects.requireNonNull(graph, "the graph is among the resources"), work.resolve(GRAPH));
        }
    }

    private static void deleteAll(Path directory) throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
