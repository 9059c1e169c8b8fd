package digitstream.training;

import ai.djl.Device;
import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.training.ParameterStore;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Augments images on their device with a TorchScript graph, or returns them unchanged if there is no augmentation. */
final class Augmenter implements AutoCloseable {
    private final @Nullable Model graph;
    private final @Nullable NDArray strength;

    private Augmenter(@Nullable Model graph, @Nullable NDArray strength) {
        this.graph = graph;
        this.strength = strength;
    }

    static Augmenter of(@Nullable Augmentation augmentation, Device device) throws IOException {
        if (augmentation == null) {
            return new Augmenter(null, null);
        }
        Model graph = Model.newInstance("augment", device, "PyTorch");
        try {
            graph.load(new ByteArrayInputStream(Architecture.bytes("augment.pt")));
            return new Augmenter(graph, graph.getNDManager().create(augmentation.strength()));
        } catch (MalformedModelException e) {
            graph.close();
            throw new IllegalStateException("the augmentation graph can't be loaded: " + e.getMessage(), e);
        }
    }

    /**
     * Augments each image at random, with the engine's random number generator.
     *
     * @param images uint8 [N, 1, 28, 28]
     * @param owner owns the returned array if it is a new one
     * @return float32 [N, 1, 28, 28], 0 to 255; {@code images} itself without augmentation
     */
    NDArray apply(NDArray images, NDManager owner) {
        if (graph == null || strength == null) {
            return images;
        }
        NDList outputs =
                graph.getBlock().forward(new ParameterStore(owner, false), new NDList(images, strength), false);
        outputs.attach(owner);
        return outputs.singletonOrThrow();
    }

    @Override
    public void close() {
        if (graph != null) {
            graph.close();
        }
    }
}
