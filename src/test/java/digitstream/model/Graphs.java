package digitstream.model;

import digitstream.common.Digits;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Real TorchScript files, written by PyTorch: the graphs that training starts from. */
public final class Graphs {
    private Graphs() {}

    public static byte[] bytes(String name) {
        try (InputStream in = ModelArtifact.class.getResourceAsStream("/digitstream/training/" + name + ".pt")) {
            return Objects.requireNonNull(in).readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The layers of a graph. */
    public static Network network(String name) throws IOException {
        try (InputStream in = ModelArtifact.class.getResourceAsStream("/digitstream/training/" + name + ".json")) {
            return Network.read(in);
        }
    }

    /** Writes a graph as version 1 of a model, with these layers in its card. */
    public static ModelArtifact write(Path models, String graph, @Nullable Network network) {
        byte[] bytes = bytes(graph);
        return ModelArtifact.write(
                models,
                new ModelCard(
                        1,
                        graph,
                        "1",
                        ModelArtifact.sha256(bytes),
                        ModelCard.INPUT,
                        ModelCard.OUTPUT,
                        ModelCard.DIGITS,
                        network,
                        null,
                        null,
                        null,
                        Map.of()),
                bytes,
                Map.of());
    }

    /** Images of random pixels; the same for each call. */
    public static List<byte[]> images(int count) {
        Random random = new Random(3);
        return IntStream.range(0, count)
                .mapToObj(i -> {
                    byte[] image = new byte[Digits.PIXELS];
                    random.nextBytes(image);
                    return image;
                })
                .toList();
    }
}
