package digitstream.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Models from elsewhere. */
class LoadedModelTest {
    @TempDir
    private Path models;

    @ParameterizedTest
    @ValueSource(strings = {"lenet", "convnet"})
    void servesAnyModuleWithTheCardsShapes(String graph) {
        // A card from elsewhere says nothing of layers, training or evaluation.
        ModelArtifact artifact = Graphs.write(models, graph, null);
        try (LoadedModel model = LoadedModel.load(artifact);
                Classifier classifier = model.newClassifier()) {
            float[] probabilities = classifier.classify(Graphs.images(3));
            assertThat(probabilities).hasSize(30);
            assertThat(model.parameterShapes().values().iterator().next()).contains(1L);
        }
    }

    @Test
    void refusesAModuleWithOtherShapes() {
        ModelArtifact artifact = Graphs.write(models, "augment", null);
        assertThatThrownBy(() -> LoadedModel.load(artifact))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining(
                        "the model in " + artifact.directory() + " does not work: PyTorch failed on a batch");
    }

    @Test
    void refusesACardWhoseLayersAreNotTheModels() throws IOException {
        ModelArtifact artifact = Graphs.write(models, "lenet", Graphs.network("convnet"));
        assertThatThrownBy(() -> LoadedModel.load(artifact))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("its card names layers with "
                        + Graphs.network("convnet").parameters() + " parameters, model.pt has 19670");
    }

    @Test
    void refusesACardWhoseLayersDoNotComeOut() throws IOException {
        ModelArtifact artifact = Graphs.write(models, "lenet", Graphs.network("lenet"));
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
}
