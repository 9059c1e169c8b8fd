package digitstream.model;

import ai.djl.Device;
import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.engine.EngineException;
import digitstream.common.InferencePrecision;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * A model in native memory. Thread-safe; its classifiers are not. Close the classifiers before the model.
 */
public final class LoadedModel implements AutoCloseable {
    private final ModelCard card;
    private final Model model;
    private final Methods.Choice choice;

    private LoadedModel(ModelCard card, Model model, Methods.Choice choice) {
        this.card = card;
        this.model = model;
        this.choice = choice;
    }

    /** Loads a model as {@link #load(ModelArtifact, InferencePrecision)} does, with {@link InferencePrecision#AUTO}. */
    public static LoadedModel load(ModelArtifact artifact) {
        return load(artifact, InferencePrecision.AUTO);
    }

    /**
     * Loads a model on the CPU, wherever it was saved, and tests it on images of digits. Chooses the fastest of its methods.
     *
     * @param precision whether a lower precision may be chosen, which the card must permit as well
     * @throws ModelException if the engine can't load the file, the model does not match its card, or it does not return
     *     probabilities for digits; the message has the remedy
     */
    public static LoadedModel load(ModelArtifact artifact, InferencePrecision precision) {
        return load(artifact, precision, () -> {});
    }

    /**
     * Loads a model as {@link #load(ModelArtifact, InferencePrecision)} does, beside other work.
     *
     * @param rest called between steps, each of at most about a tenth of a second; may wait, and may throw to give up
     */
    public static LoadedModel load(ModelArtifact artifact, InferencePrecision precision, Runnable rest) {
        Model model = read(artifact);
        try {
            rest.run();
            ModelCard card = artifact.card();
            requireParametersOfCard(card, model);
            LowerPrecision lower = card.lowerPrecision();
            boolean bfloat16 = precision == InferencePrecision.AUTO && lower != null && lower.permits();
            LoadedModel loaded = new LoadedModel(card, model, Methods.choose(model, card.classOrder(), bfloat16, rest));
            loaded.warmUp(rest);
            return loaded;
        } catch (ModelException e) {
            model.close();
            throw new ModelException("the model in " + artifact.directory() + " does not work: " + e.getMessage(), e);
        } catch (RuntimeException e) {
            // The caller gives up.
            model.close();
            throw e;
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
    private void warmUp(Runnable rest) {
        List<byte[]> digits = ReferenceDigits.images();
        try (Classifier classifier = newClassifier()) {
            IntStream.of(BatchSizes.upTo(256)).forEach(size -> {
                classifier.classify(IntStream.range(0, size)
                        .mapToObj(i -> digits.get(i % digits.size()))
                        .toList());
                rest.run();
            });
        }
    }

    /** Returns the methods of the module that the classifiers may run, forward first. */
    public List<String> methods() {
        return choice.all();
    }

    /** Returns the fastest of the methods, which the model's classifiers run. */
    public String method() {
        return choice.fastest();
    }

    /** Returns the type of the convolutions' arithmetic in {@link #method}: "float32" or "bfloat16". */
    public String precision() {
        return method().equals(Methods.BFLOAT16) ? LowerPrecision.BFLOAT16 : "float32";
    }

    /** Returns why the lower precision, which was permitted, can't be used on this machine; empty if it can. */
    public Optional<String> lowerPrecisionFault() {
        return choice.bfloat16Fault();
    }

    /**
     * Creates a classifier that computes in bfloat16, to measure its accuracy, whether the card permits it or not. Not while
     * another thread uses such a classifier.
     *
     * @return empty if the module or the machine can't
     */
    public Optional<Classifier> newBfloat16Classifier() {
        return Methods.bfloat16Fault(model, card.classOrder()).isPresent()
                ? Optional.empty()
                : Optional.of(newClassifier(Methods.BFLOAT16));
    }

    public ModelCard card() {
        return card;
    }

    /** Creates a classifier, for one thread at a time; the caller closes it. */
    public Classifier newClassifier() {
        return newClassifier(method());
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
