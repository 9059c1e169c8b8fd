package digitstream.training;

import ai.djl.Device;
import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import ai.djl.util.Pair;
import digitstream.common.Digits;
import digitstream.model.TemporaryFolder;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** A trainable TorchScript module on a device. Not thread-safe. The caller of {@link #load} closes it. */
final class TrainableNetwork implements AutoCloseable {
    private static final String FILE = "network.pt";

    private final Model model;

    private TrainableNetwork(Model model) {
        this.model = model;
    }

    /** Loads a module from the content of a TorchScript file, with trainable parameters. */
    static TrainableNetwork load(byte[] torchScript, Device device) throws IOException {
        // DJL loads trainable modules only from files.
        Path folder = TemporaryFolder.create("digitstream-training");
        Path file = folder.resolve(FILE);
        Model model = Model.newInstance(FILE, device, "PyTorch");
        try {
            Files.write(file, torchScript);
            model.load(folder, FILE, Map.of("trainParam", "true", "mapLocation", "true"));
            TrainableNetwork network = new TrainableNetwork(model);
            network.enterTrainingMode();
            return network;
        } catch (MalformedModelException | RuntimeException e) {
            model.close();
            throw new IllegalStateException("the graph can't be loaded: " + e.getMessage(), e);
        } finally {
            Files.deleteIfExists(file);
            Files.delete(folder);
        }
    }

    /** Owns the arrays on the device; closed with this network. */
    NDManager manager() {
        return model.getNDManager();
    }

    List<Parameter> parameters() {
        return model.getBlock().getParameters().stream().map(Pair::getValue).toList();
    }

    /**
     * Initialises convolutions and linear layers as PyTorch does: weights and biases uniform within +-1/sqrt(fan-in).
     * Normalisation layers keep the graph's initial ones and zeros.
     */
    void initialise(long seed) {
        Random random = new Random(seed);
        double bound = 0;
        for (Parameter parameter : parameters()) {
            NDArray array = parameter.getArray();
            Shape shape = array.getShape();
            if (parameter.getName().endsWith("weight")) {
                bound = shape.dimension() > 1
                        ? 1 / Math.sqrt((double) shape.slice(1).size())
                        : 0;
            }
            if (bound > 0) {
                float[] values = new float[(int) shape.size()];
                for (int i = 0; i < values.length; i++) {
                    values[i] = (float) (bound * (2 * random.nextDouble() - 1));
                }
                array.set(values);
            }
        }
    }

    /**
     * Runs the network.
     *
     * @param images uint8 or float32 [N, 1, 28, 28], 0 to 255
     * @param owner owns the returned array
     * @return float32; in training the logits [members * N, 10], otherwise the probabilities [N, 10]
     */
    NDArray forward(NDArray images, NDManager owner, boolean training) {
        NDList outputs = model.getBlock().forward(new ParameterStore(owner, false), new NDList(images), training);
        outputs.attach(owner);
        return outputs.singletonOrThrow();
    }

    /** Serialises the module for the CPU and in evaluation mode, whatever its device. */
    byte[] torchScript() throws IOException {
        byte[] saved = saved(model);
        enterTrainingMode();
        if (model.getNDManager().getDevice().equals(Device.cpu())) {
            return saved;
        }
        try (TrainableNetwork onCpu = load(saved, Device.cpu())) {
            return saved(onCpu.model);
        }
    }

    /** Unwraps DJL's format: one byte, the length as a 64-bit integer, then the TorchScript file. */
    private static byte[] saved(Model model) throws IOException {
        leaveTrainingMode(model);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            model.getBlock().saveParameters(out);
        }
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes.toByteArray()));
        in.readByte();
        return in.readNBytes(Math.toIntExact(in.readLong()));
    }

    /** Lets DJL switch the module to training mode: it does so only after it has left that mode. */
    private void enterTrainingMode() {
        leaveTrainingMode(model);
    }

    /** Switches to evaluation mode. The mode is saved with the module, and only this mode returns probabilities. */
    private static void leaveTrainingMode(Model model) {
        try (NDManager once = model.getNDManager().newSubManager()) {
            model.getBlock()
                    .forward(
                            new ParameterStore(once, false),
                            new NDList(once.zeros(new Shape(1, 1, Digits.SIDE, Digits.SIDE), DataType.UINT8)),
                            false)
                    .attach(once);
        }
    }

    @Override
    public void close() {
        model.close();
    }
}
