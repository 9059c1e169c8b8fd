package digitstream.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.djl.engine.Engine;
import digitstream.testing.TorchScripts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Loads models trained with other software. */
class LoadedModelTest {
    @TempDir
    private Path models;

    @ParameterizedTest
    @ValueSource(strings = {"lenet", "convnet"})
    void servesAnyModuleWithTheShapesOfItsCard(String graph) {
        // Such a card has no layers, training or evaluation.
        ModelArtifact artifact = Graphs.write(models, graph, null);
        try (LoadedModel model = LoadedModel.load(artifact);
                Classifier classifier = model.newClassifier()) {
            float[] probabilities = classifier.classify(Graphs.images(3));
            assertThat(probabilities).hasSize(30);
            assertThat(model.parameterShapes().values().iterator().next()).contains(1L);
        }
    }

    @Test
    void returnsProbabilitiesInTheOrderOfTheDigitsWhateverTheOrderOfTheColumns() {
        byte[] module = TorchScripts.returning("torch.softmax(logits, 1)");
        // Column i is the digit 9 - i, so that its first probability is the last one of the plain order.
        List<String> reversed =
                List.of("nine", "eight", "Seven", " SIX ", "5", "4", "3 - three", "2 - two", "one", "Zero");
        float[] plain = classify(Graphs.write(models, "plain", module, ModelCard.DIGITS, null));
        float[] permuted = classify(Graphs.write(models, "permuted", module, reversed, null));
        assertThat(plain).hasSize(300);
        for (int i = 0; i < plain.length; i++) {
            assertThat(permuted[i / 10 * 10 + 9 - i % 10]).isEqualTo(plain[i]);
        }
    }

    private static float[] classify(ModelArtifact artifact) {
        try (LoadedModel model = LoadedModel.load(artifact);
                Classifier classifier = model.newClassifier()) {
            return classifier.classify(ReferenceDigits.images());
        }
    }

    @Test
    void rejectsAModuleWithOtherShapes() {
        ModelArtifact artifact = Graphs.write(models, "augment", null);
        assertThatThrownBy(() -> LoadedModel.load(artifact))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining(
                        "the model in " + artifact.directory() + " does not work: PyTorch failed on a batch");
    }

    @Test
    void rejectsACardWhoseLayersDoNotMatchTheModel() throws IOException {
        ModelArtifact artifact = Graphs.write(models, "lenet", Graphs.network("convnet"));
        assertThatThrownBy(() -> LoadedModel.load(artifact))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("the layers in its card have "
                        + Graphs.network("convnet").parameters() + " parameters, but model.pt has 19670");
    }

    @Test
    void rejectsACardWhoseLayerSizesAreNotWhole() throws IOException {
        ModelArtifact artifact = Graphs.write(models, "lenet", Graphs.network("lenet"));
        Path card = artifact.directory().resolve("model.json");
        String good = Files.readString(card);
        Files.writeString(card, good.replaceFirst("\"size\" : 2", "\"size\" : 3"));
        assertThatThrownBy(() -> ModelArtifact.open(artifact.directory()))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining(card + " is not a valid model card: the output height of layer 2")
                .hasMessageContaining("(24 + 2*0 - 3)/2 + 1 = 11.5");
        Files.writeString(card, good.replaceFirst("\"MaxPool2d\"", "\"Attention\""));
        assertThatThrownBy(() -> ModelArtifact.open(artifact.directory()))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("Attention");
    }

    /** The ratio of speeds in InferenceBenchmarkIT varies with the load of the machine; this does not. */
    @Test
    void runsAFastMethodOfOurGraphs() {
        assumeTrue(Engine.getEngine("PyTorch").hasCapability("MKLDNN"), "this PyTorch has no MKL-DNN");
        try (LoadedModel lenet = LoadedModel.load(Graphs.write(models, "lenet", null));
                LoadedModel convnet = LoadedModel.load(Graphs.write(models, "convnet", null))) {
            assertThat(lenet.methods()).containsExactly("forward", "forward_mkldnn", "forward_prepared");
            assertThat(convnet.methods()).containsExactly("forward", "forward_mkldnn");
            // forward is slower than the others by more than the noise.
            assertThat(lenet.method()).isNotEqualTo("forward");
        }
    }
}
