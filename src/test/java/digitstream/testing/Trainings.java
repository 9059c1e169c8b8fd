package digitstream.testing;

import digitstream.data.DigitData;
import digitstream.training.ModelTrainer;
import digitstream.training.ModelTrainer.Finished;
import digitstream.training.TrainingListener;
import digitstream.training.TrainingSettings;
import digitstream.training.report.Report;
import java.io.IOException;
import java.nio.file.Path;

/** Runs trainings without progress output. */
public final class Trainings {
    private Trainings() {}

    /** Trains a model on the CPU, without interruption. */
    public static Finished train(DigitData data, TrainingSettings settings, Path models, String name, String version)
            throws IOException {
        return (Finished) new ModelTrainer(models, "cpu", Report::files, new TrainingListener() {})
                .train(data, settings, name, version);
    }
}
