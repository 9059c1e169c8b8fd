package digitstream.cli;

import digitstream.data.DigitData;
import digitstream.model.ModelArtifact;
import digitstream.model.ModelCard;
import digitstream.training.ModelTrainer;
import digitstream.training.TrainingSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code digitstream train}. */
@Command(
        name = "train",
        description = "Train the network on digits and write it as a model artifact.",
        mixinStandardHelpOptions = true)
final class TrainCommand implements Callable<Integer> {
    private static final DateTimeFormatter VERSION =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

    @Mixin
    private DataOptions data = new DataOptions();

    @Option(
            names = "--models",
            paramLabel = "DIR",
            defaultValue = "models",
            description = "Where models are kept (default: ${DEFAULT-VALUE}).")
    private Path models = Path.of("models");

    @Option(
            names = "--model-name",
            paramLabel = "NAME",
            defaultValue = ModelOptions.DEFAULT_NAME,
            description = "The model's name (default: ${DEFAULT-VALUE}).")
    private String name = ModelOptions.DEFAULT_NAME;

    @Option(
            names = "--model-version",
            paramLabel = "VERSION",
            description = "Its version (default: the time, as in 20260131T120000Z).")
    private @Nullable String version;

    @Option(
            names = "--epochs",
            paramLabel = "N",
            defaultValue = "10",
            description = "Passes over the training images (default: ${DEFAULT-VALUE}).")
    private int epochs = 10;

    @Option(
            names = "--batch-size",
            paramLabel = "N",
            defaultValue = "100",
            description = "Images a step (default: ${DEFAULT-VALUE}).")
    private int batchSize = 100;

    @Option(
            names = "--learning-rate",
            paramLabel = "RATE",
            defaultValue = "0.003",
            description = "Adam's, at its highest (default: ${DEFAULT-VALUE}).")
    private double learningRate = 0.003;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "Of the weights' start and the images' order (default: ${DEFAULT-VALUE}).")
    private long seed = 1;

    @Override
    public Integer call() throws IOException {
        TrainingSettings settings;
        try {
            settings = new TrainingSettings(epochs, batchSize, learningRate, seed);
        } catch (IllegalArgumentException e) {
            throw new UserException(String.valueOf(e.getMessage()), e);
        }
        train(data.find(System.out::println), settings, models, name, version);
        return 0;
    }

    /** Trains with a view, and says how it went; for the demo too. */
    static ModelArtifact train(
            DigitData data, TrainingSettings settings, Path models, String name, @Nullable String version)
            throws IOException {
        String itsVersion = version == null ? VERSION.format(Clock.systemUTC().instant()) : version;
        System.out.printf("Training %s %s on %s%n", name, itsVersion, data.name());
        ModelArtifact artifact = new ModelTrainer(settings, new TrainingView(System.out, Terminal.isInteractive()))
                .train(data, models, name, itsVersion);
        ModelCard card = artifact.card();
        ModelCard.Evaluation evaluation = Objects.requireNonNull(card.evaluation());
        System.out.printf(
                Locale.ROOT,
                "Trained in %.1f s: %.2f %% on %,d test images. Wrote %s%n",
                Objects.requireNonNull(card.training()).seconds(),
                100 * evaluation.accuracy(),
                evaluation.images(),
                artifact.directory());
        return artifact;
    }
}
