package digitstream.model;

import ai.djl.Device;
import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.engine.EngineException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * A model in native memory. Thread-safe; its classifiers are not. Close the classifiers before the model.
 */
public final class LoadedModel implements AutoCloseable {
    private final ModelCard card;
    private final Model model;
    private final String method;

    private LoadedModel(ModelCard card, Model model, String method) {
        this.card = card;
        this.model = model;
        this.method = method;
    }

    /**
     * Loads a model on the CPU, wherever it was saved, and tests it on images of digits.
     *
     * @throws ModelException if the engine can't load the file, the model does not match its card, or it does not return
     *     probabilities for digits; the message has the remedy
     */
    public static LoadedModel load(ModelArtifact artifact) {
        Model model = read(artifact);
        try {
            requireParametersOfCard(artifact.card(), model);
            String method = Methods.fastest(model, artifact.card().classOrder());
            LoadedModel loaded = new LoadedModel(artifact.card(), model, method);
            loaded.warmUp();
            return loaded;
        } catch (ModelException e) {
            model.close();
            throw new ModelException("the model in " + artifact.directory() + " does not work: " + e.getMessage(), e);
        }
    }

    private static Model read(ModelArtifact artifact) {
        Model model = Engines.pyTorch().newModel(artifact.card().name(), Device.cpu());
        try {
            // Otherwise PyTorch puts the weights on the device where they were when the model was saved.
            model.load(new ByteArrayInputStream(artifact.torchScript()), Map.of("mapLocation", "true"));
            return model;
        } catch (IOException e) {
            model.close();
            // The model is in memory, so only the folder that DJL creates for it can fail.
            throw TemporaryFolder.failure(e);
        } catch (MalformedModelException | EngineException e) {
            model.close();
            throw new ModelException(
                    "PyTorch can't load the model in " + artifact.directory() + ": " + PyTorchError.describe(e), e);
        }
    }

    /** Checks that the model has as many parameters as the layers in its card; the layers themselves can't be checked. */
    private static void requireParametersOfCard(ModelCard card, Model model) {
        Network network = card.network();
        if (network == null) {
            return;
        }
        long actual = parameterShapes(model).values().stream()
                .mapToLong(LoadedModel::elements)
                .sum();
        if (actual != network.parameters()) {
            throw new ModelException(
                    "the layers in its card have " + network.parameters() + " parameters, but model.pt has " + actual);
        }
    }

    private static long elements(List<Long> shape) {
        return shape.stream().reduce(1L, (a, b) -> a * b);
    }

    /** Returns the parameters' names and shapes, in the order of their layers. */
    public Map<String, List<Long>> parameterShapes() {
        return parameterShapes(model);
    }

    private static Map<String, List<Long>> parameterShapes(Model model) {
        Map<String, List<Long>> shapes = new LinkedHashMap<>();
        for (var parameter : model.getBlock().getParameters()) {
            shapes.put(
                    parameter.getKey(),
                    LongStream.of(parameter.getValue().getArray().getShape().getShape())
                            .boxed()
                            .toList());
        }
        return shapes;
    }

    /** Returns the parameters' values, flattened, in the order of {@link #parameterShapes}. */
    public List<float[]> parameters() {
        return model.getBlock().getParameters().stream()
                .map(parameter -> parameter.getValue().getArray().toFloatArray())
                .toList();
    }

    /**
     * Runs batches of the usual sizes, so that libraries are loaded and code is compiled before the first real batch. Our graphs
     * divide larger batches into parts of these sizes.
     */
    private void warmUp() {
        List<byte[]> digits = ReferenceDigits.images();
        try (Classifier classifier = newClassifier()) {
            IntStream.concat(IntStream.of(BatchSizes.upTo(64)), IntStream.of(128, 256))
                    .forEach(size -> classifier.classify(IntStream.range(0, size)
                            .mapToObj(i -> digits.get(i % digits.size()))
                            .toList()));
        }
    }

    /** Returns the methods of the module that return the same probabilities, forward first. */
    public List<String> methods() {
        return Methods.of(model);
    }

    /** Returns the fastest of the methods, which the model's classifiers run. */
    public String method() {
        return method;
    }

    public ModelCard card() {
        return card;
    }

    /** Creates a classifier, for one thread at a time; the caller closes it. */
    public Classifier newClassifier() {
        return newClassifier(method);
    }

    /**
     * Creates a classifier that runs another method than the fastest one, for comparison.
     *
     * @param name one of {@link #methods}
     */
    public Classifier newClassifier(String name) {
        return new TorchScriptClassifier(model, name, card.classOrder());
    }

    @Override
    public void close() {
        model.close();
    }
}
