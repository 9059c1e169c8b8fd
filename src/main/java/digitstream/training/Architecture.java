package digitstream.training;

import digitstream.model.Network;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;

/** The networks that can be trained; their graphs and layers are resources, written by {@code scripts/make_graphs.py}. */
public enum Architecture {
    /** The tutorial's: two convolutions, two linear layers, 19,670 parameters. */
    LENET("lenet"),
    /** A committee of three networks of three wider convolutions with batch normalisation. */
    CONVNET("convnet");

    private final String resource;

    Architecture(String resource) {
        this.resource = resource;
    }

    /** The network's layers. */
    public Network network() {
        try (InputStream layers = resource(resource + ".json")) {
            return Network.read(layers);
        } catch (IOException e) {
            throw new UncheckedIOException("the layers among the resources can't be read", e);
        }
    }

    /** The graph, as TorchScript, with any weights. */
    byte[] graph() {
        return bytes(resource + ".pt");
    }

    static byte[] bytes(String resource) {
        try (InputStream in = resource(resource)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException("the graph among the resources can't be read", e);
        }
    }

    private static InputStream resource(String name) {
        return Objects.requireNonNull(Architecture.class.getResourceAsStream(name), name + " is among the resources");
    }
}
