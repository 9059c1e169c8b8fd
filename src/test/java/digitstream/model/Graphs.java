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
        return write(models, graph, bytes(graph), ModelCard.DIGITS, network);
    }

    /** Writes a file as version 1 of a model, with a card that fits it. */
    public static ModelArtifact write(
            Path models, String name, byte[] file, List<String> classNames, @Nullable Network network) {
        return ModelArtifact.write(models, card(name, "1", file, classNames, network), file, Map.of());
    }

    /** Writes a file as version 1 of a model, with a card that names its accuracy in a lower precision. */
    static ModelArtifact write(Path models, String name, byte[] file, LowerPrecision lowerPrecision) {
        ModelCard card = card(name, "1", file, ModelCard.DIGITS, null);
        return ModelArtifact.write(models, with(card, lowerPrecision), file, Map.of());
    }

    static ModelCard with(ModelCard card, LowerPrecision lowerPrecision) {
        return new ModelCard(
                card.formatVersion(),
                card.name(),
                card.version(),
                card.sha256(),
                card.input(),
                card.output(),
                card.classNames(),
                card.network(),
                card.training(),
                card.validation(),
                card.evaluation(),
                lowerPrecision,
                card.software());
    }

    /** A card that fits a file. */
    public static ModelCard card(
            String name, String version, byte[] file, List<String> classNames, @Nullable Network network) {
        return new ModelCard(
                1,
                name,
                version,
                ModelArtifact.sha256(file),
                ModelCard.INPUT,
                ModelCard.OUTPUT,
                classNames,
                network,
                null,
                null,
                null,
                null,
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
