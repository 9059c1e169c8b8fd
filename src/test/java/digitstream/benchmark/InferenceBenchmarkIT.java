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

    /** Expected is a ratio of about four; less than two means that the optimized path is not used. */
    @Test
    void isTwiceAsFastAsBlocks() throws IOException {
        Engines.forInference();
        try (LoadedModel model = LoadedModel.load(Graphs.write(models, "lenet", Graphs.network("lenet")))) {
            InferenceBenchmark.Line line = InferenceBenchmark.run(model, 256).get(0);
            assertThat(line.ratio()).isGreaterThan(2);
        }
    }
}
