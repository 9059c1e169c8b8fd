package digitstream.benchmark.programs;

import digitstream.model.Classifier;
import digitstream.model.Engines;
import digitstream.model.LoadedModel;
import digitstream.model.ModelArtifact;
import java.nio.file.Path;
import java.util.List;

/** The model without Kafka, on one thread. Prints a line for each batch size: the size, and the images a second. */
public final class RawInference {
    private static final long WARM_UP_NANOS = 300_000_000;
    private static final long MEASURED_NANOS = 600_000_000;

    private RawInference() {}

    /** Runs the program; its arguments are the folder of the model and the batch sizes. */
    public static void main(String[] arguments) {
        Engines.forInference();
        try (LoadedModel model = LoadedModel.load(ModelArtifact.open(Path.of(arguments[0])));
                Classifier classifier = model.newClassifier()) {
            for (int i = 1; i < arguments.length; i++) {
                int batch = Integer.parseInt(arguments[i]);
                List<byte[]> images = ClassifierSpeed.randomImages(batch);
                ClassifierSpeed.imagesPerSecond(classifier, images, WARM_UP_NANOS);
                System.out.println(batch + " " + ClassifierSpeed.imagesPerSecond(classifier, images, MEASURED_NANOS));
            }
        }
    }
}
