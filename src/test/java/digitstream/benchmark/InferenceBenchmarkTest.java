package digitstream.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import digitstream.model.Classifier;
import digitstream.model.Graphs;
import digitstream.model.LoadedModel;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Compares the TorchScript graphs with the same networks built from DJL blocks. */
class InferenceBenchmarkTest {
    @TempDir
    private Path models;

    /** The card describes the layers of the graph: blocks built from the card compute the same probabilities. */
    @ParameterizedTest
    @CsvSource({"lenet, true", "convnet, false"})
    void graphMatchesTheLayersOfItsCard(String graph, boolean comparesProbabilities) throws IOException {
        try (LoadedModel model = LoadedModel.load(Graphs.write(models, graph, Graphs.network(graph)));
                Classifier torchScript = model.newClassifier();
                Classifier blocks = new BlockClassifier(
                        Graphs.network(graph), model.parameters(), model.card().classOrder())) {
            float[] torchScriptProbabilities = torchScript.classify(Graphs.images(50));
            float[] blockProbabilities = blocks.classify(Graphs.images(50));
            assertThat(blockProbabilities).hasSameSizeAs(torchScriptProbabilities);
            // DJL can't read the running statistics of batch normalisation; for those networks only the shapes are
            // compared.
            if (comparesProbabilities) {
                for (int i = 0; i < torchScriptProbabilities.length; i++) {
                    assertThat(torchScriptProbabilities[i]).isCloseTo(blockProbabilities[i], within(1e-5f));
                }
            }
        }
    }
}
