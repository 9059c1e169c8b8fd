package digitstream.model;

import ai.djl.Device;
import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.JniUtils;
import digitstream.common.Causes;
import digitstream.common.Digits;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/**
 * A model in native memory. Safe for use by several threads; the classifiers that it makes are not, and must be closed
 * before it.
 */
public final class LoadedModel implements AutoCloseable {
    /** An exported method of our own graphs that does the same as forward, faster, where MKL-DNN is (x86-64). */
    private static final String FAST_METHOD = "forward_mkldnn";

    private final ModelCard card;
    private final Model model;
    private final String method;

    private LoadedModel(ModelCard card, Model model, String method) {
        this.card = card;
        this.model = model;
        this.method = method;
    }

    /**
     * Loads a model on the CPU, and tries it.
     *
     * @throws ModelException where the engine does not take the file, or the model does not return what its card says
     */
    public static LoadedModel load(ModelArtifact artifact) {
        Model model = newModel(artifact.card().name());
        try {
            model.load(new ByteArrayInputStream(artifact.torchScript()));
        } catch (IOException | MalformedModelException | EngineException e) {
            model.close();
            throw new ModelException(
                    "PyTorch can't load " + artifact.directory() + ": " + firstLine(e) + "; is it TorchScript?", e);
        }
        try {
            String method = hasFastMethod(model) ? FAST_METHOD : TorchScriptClassifier.FORWARD;
            LoadedModel loaded = new LoadedModel(artifact.card(), model, method);
            loaded.requireTheCardsNetwork();
            loaded.warmUp();
            return loaded;
        } catch (ModelException e) {
            model.close();
            throw new ModelException("the model in " + artifact.directory() + " does not work: " + e.getMessage(), e);
        }
    }

    private static Model newModel(String name) {
        try {
            return Model.newInstance(name, Device.cpu(), "PyTorch");
        } catch (EngineException e) {
            throw new ModelException(
                    "PyTorch's native library can't be loaded (" + firstLine(e)
                            + "); it is unpacked to ~/.djl.ai, which must be writable, or set DJL_CACHE_DIR to a folder that is",
                    e);
        }
    }

    private static boolean hasFastMethod(Model model) {
        return Engine.getEngine("PyTorch").hasCapability("MKLDNN")
                && model.getBlock() instanceof PtSymbolBlock block
                && List.of(JniUtils.getMethodNames(block)).contains(FAST_METHOD);
    }

    /** A card may say what it likes; at least the number of learnt numbers must be that of its layers. */
    private void requireTheCardsNetwork() {
        Network network = card.network();
        if (network == null) {
            return;
        }
        long there = parameterShapes().values().stream()
                .mapToLong(LoadedModel::numbers)
                .sum();
        if (there != network.parameters()) {
            throw new ModelException(
                    "its card names layers with " + network.parameters() + " parameters, model.pt has " + there);
        }
    }

    private static long numbers(List<Long> shape) {
        return shape.stream().reduce(1L, (a, b) -> a * b);
    }

    /** The learnt tensors' names and shapes, in the order of their layers. */
    public Map<String, List<Long>> parameterShapes() {
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

    /** The learnt numbers themselves, float32, in the same order. */
    public List<float[]> parameters() {
        return model.getBlock().getParameters().stream()
                .map(parameter -> parameter.getValue().getArray().toFloatArray())
                .toList();
    }

    /** Runs a few batches, so that the first real one meets loaded libraries and compiled code. */
    private void warmUp() {
        try (Classifier classifier = newClassifier()) {
            byte[] empty = new byte[Digits.PIXELS];
            for (int size : new int[] {1, 2, 64, 256}) {
                classifier.classify(java.util.Collections.nCopies(size, empty));
            }
        }
    }

    public ModelCard card() {
        return card;
    }

    /** A classifier of this model, for one thread at a time; the caller closes it. */
    public Classifier newClassifier() {
        return new TorchScriptClassifier(model, method);
    }

    @Override
    public void close() {
        model.close();
    }

    /** The native errors carry a stack trace of C++ functions in their message. */
    static String firstLine(Throwable e) {
        Throwable root = Causes.root(e);
        return String.valueOf(root.getMessage())
                .lines()
                .filter(line -> !line.isBlank())
                .findFirst()
                .orElse(root.toString());
    }
}
