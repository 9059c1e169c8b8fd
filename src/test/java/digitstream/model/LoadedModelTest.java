package digitstream.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Models of others, and how ours compare with DJL's own blocks. */
class LoadedModelTest {
    @TempDir
    private Path models;

    @ParameterizedTest
    @ValueSource(strings = {"lenet", "convnet"})
    void servesAnyModuleWithTheCardsShapes(String graph) {
        // A card from elsewhere says nothing of layers, training or evaluation.
        ModelArtifact artifact = write(graph, null);
        try (LoadedModel model = LoadedModel.load(artifact);
                Classifier classifier = model.newClassifier()) {
            float[] probabilities = classifier.classify(images(3));
            assertThat(probabilities).hasSize(30);
            assertThat(model.parameterShapes().values().iterator().next()).contains(1L);
        }
    }

    @Test
    void refusesAModuleWithOtherShapes() {
        ModelArtifact artifact = write("augment", null);
        assertThatThrownBy(() -> LoadedModel.load(artifact))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining(
                        "the model in " + artifact.directory() + " does not work: PyTorch failed on a batch");
    }

    @Test
    void refusesACardWhoseLayersAreNotTheModels() throws IOException {
        ModelArtifact artifact = write("lenet", network("convnet"));
        assertThatThrownBy(() -> LoadedModel.load(artifact))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("its card names layers with "
                        + network("convnet").parameters() + " parameters, model.pt has 19670");
    }

    @Test
    void refusesACardWhoseLayersDoNotComeOut() throws IOException {
        ModelArtifact artifact = write("lenet", network("lenet"));
        Path card = artifact.directory().resolve("model.json");
        String good = Files.readString(card);
        Files.writeString(card, good.replaceFirst("\"size\" : 2", "\"size\" : 3"));
        assertThatThrownBy(() -> ModelArtifact.open(artifact.directory()))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining(card + " is no model card: the output height of layer 2")
                .hasMessageContaining("(24 + 2*0 - 3)/2 + 1 = 11.5");
        Files.writeString(card, good.replaceFirst("\"MaxPool2d\"", "\"Attention\""));
        assertThatThrownBy(() -> ModelArtifact.open(artifact.directory()))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("Attention");
    }

    /** The layers in the card are those of the graph: the same numbers come out of blocks that are built by them. */
    @ParameterizedTest
    @CsvSource({"lenet, true", "convnet, false"})
    void isTheNetworkThatItsLayersSay(String graph, boolean comparesProbabilities) throws IOException {
        try (LoadedModel model = LoadedModel.load(write(graph, network(graph)));
                Classifier torchScript = model.newClassifier();
                Classifier blocks = new BlockClassifier(network(graph), model.parameters())) {
            float[] ours = torchScript.classify(images(50));
            float[] theirs = blocks.classify(images(50));
            assertThat(theirs).hasSameSizeAs(ours);
            // A normalisation's running statistics can't be read through DJL; those blocks only have the shapes.
            if (comparesProbabilities) {
                for (int i = 0; i < ours.length; i++) {
                    assertThat(ours[i]).isCloseTo(theirs[i], within(1e-5f));
                }
            }
        }
    }

    /** On the tests' machine it is about four times; less than twice would mean that the fast way is not taken. */
    @Test
    void isTwiceAsFastAsBlocks() throws IOException {
        Engines.forInference();
        try (LoadedModel model = LoadedModel.load(write("lenet", network("lenet")))) {
            InferenceBenchmark.Line line = InferenceBenchmark.run(model, 256).get(0);
            assertThat(line.ratio()).isGreaterThan(2);
        }
    }

    private ModelArtifact write(String graph, @Nullable Network network) {
        byte[] bytes = Graphs.bytes(graph);
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

    private static Network network(String graph) throws IOException {
        try (InputStream in = ModelArtifact.class.getResourceAsStream("/digitstream/training/" + graph + ".json")) {
            return Network.read(in);
        }
    }

    private static List<byte[]> images(int count) {
        Random random = new Random(3);
        return IntStream.range(0, count)
                .mapToObj(i -> {
                    byte[] image = new byte[784];
                    random.nextBytes(image);
                    return image;
                })
                .toList();
    }
}
