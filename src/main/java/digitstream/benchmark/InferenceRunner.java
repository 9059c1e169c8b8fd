package digitstream.benchmark;

import digitstream.benchmark.load.Cluster;
import digitstream.benchmark.programs.RawInference;
import digitstream.benchmark.result.Outcome;
import digitstream.benchmark.result.RowId;
import digitstream.local.JavaProcess;
import digitstream.local.ReadyProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Measures the model without Kafka, for several batch sizes in one process. */
final class InferenceRunner {
    static final List<Integer> BATCHES = List.of(1, 16, 64, 256, 1024);

    private final Cluster cluster;
    private final Path model;

    InferenceRunner(Cluster cluster, Path model) {
        this.cluster = cluster;
        this.model = model;
    }

    /** Returns the id of the row of a batch size. */
    static String id(int batch) {
        return RowId.INFERENCE_PREFIX + batch;
    }

    /** Measures every batch size once, and returns the outcomes by the row's id. */
    Map<String, Outcome> run() throws InterruptedException {
        List<String> java = new ArrayList<>(ReadyProcess.jvm(cluster.home(), ReadyProcess.ALL_COMPILERS));
        java.addAll(Rows.main(cluster, RawInference.class));
        java.add(model.toString());
        BATCHES.forEach(batch -> java.add(Integer.toString(batch)));
        Map<String, Outcome> outcomes = new HashMap<>();
        try (JavaProcess process = JavaProcess.start(
                        "raw inference",
                        cluster.home(),
                        java,
                        Map.of(),
                        cluster.directory().resolve("inference.log"),
                        true);
                BufferedReader output = process.output()) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                String[] words = line.split(" ", 2);
                outcomes.put(id(Integer.parseInt(words[0])), new Outcome.Measured(Double.parseDouble(words[1])));
            }
            process.waitFor();
            for (int batch : BATCHES) {
                outcomes.computeIfAbsent(id(batch), missing -> new Outcome.Failed("stopped: " + process.firstError()));
            }
        } catch (IOException e) {
            BATCHES.forEach(batch -> outcomes.putIfAbsent(id(batch), new Outcome.Failed(e.toString())));
        }
        return outcomes;
    }
}
