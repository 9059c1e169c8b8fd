package digitstream.benchmark;

import digitstream.benchmark.load.Cluster;
import digitstream.data.LabelledImages;
import java.nio.file.Path;
import java.time.Clock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * What every measurement works with.
 *
 * @param images repeated in the backlogs
 * @param model the folder of the model
 * @param progress receives a line for each step
 * @param stop polled; returns true to stop early
 */
public record BenchSetup(
        Cluster cluster,
        LabelledImages images,
        Path model,
        Clock clock,
        Consumer<String> progress,
        BooleanSupplier stop) {

    void report(String line) {
        progress.accept(line);
    }

    boolean stopRequested() {
        return stop.getAsBoolean();
    }
}
