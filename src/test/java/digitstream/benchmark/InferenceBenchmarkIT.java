package digitstream.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import digitstream.model.Engines;
import digitstream.model.Graphs;
import digitstream.model.LoadedModel;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Compares the speed of the TorchScript graphs with that of the same networks built from DJL blocks. */
class InferenceBenchmarkIT {
    @TempDir
    private Path models;

    /**
     * The ratio is about three, and just under two on a machine whose processors are busy. A graph without the optimized path
     * is hardly faster than the blocks.
     */
    @Test
    void isMuchFasterThanBlocks() throws IOException {
        Engines.forInference();
        try (LoadedModel model = LoadedModel.load(Graphs.write(models, "lenet", Graphs.network("lenet")))) {
            InferenceBenchmark.Line line = InferenceBenchmark.run(model, 256).get(0);
            assertThat(line.ratio()).isGreaterThan(1.5);
        }
    }
}
