package digitstream.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import digitstream.model.Classifier;
import digitstream.model.Engines;
import digitstream.model.Graphs;
import digitstream.model.LoadedModel;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How our TorchScript graphs compare with the same networks of DJL's blocks. */
class InferenceBenchmarkTest {
    @TempDir
    private Path models;

    /** The layers in the card are those of the graph: the same numbers come out of blocks that are built by them. */
    @ParameterizedTest
    @CsvSource({"lenet, true", "convnet, false"})
    void isTheNetworkThatItsLayersSay(String graph, boolean comparesProbabilities) throws IOException {
        try (LoadedModel model = LoadedModel.load(Graphs.write(models, graph, Graphs.network(graph)));
                Classifier torchScript = model.newClassifier();
                Classifier blocks = new BlockClassifier(Graphs.network(graph), model.parameters())) {
            float[] ours = torchScript.classify(Graphs.images(50));
            float[] theirs = blocks.classify(Graphs.images(50));
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
        try (LoadedModel model = LoadedModel.load(Graphs.write(models, "lenet", Graphs.network("lenet")))) {
            InferenceBenchmark.Line line = InferenceBenchmark.run(model, 256).get(0);
            assertThat(line.ratio()).isGreaterThan(2);
        }
    }
}
