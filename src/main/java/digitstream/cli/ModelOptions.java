package digitstream.cli;

import digitstream.data.DigitData;
import digitstream.model.ModelArtifact;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that select a model. */
final class ModelOptions {
    static final String DEFAULT_NAME = "lenet";
    private static final String DEFAULT_FOLDER = "models";

    @Option(
            names = "--model",
            paramLabel = "DIR",
            description =
                    "The folder with model.pt and model.json (default: the latest version of --model-name in --models).")
    private @Nullable Path model;

    @Option(
            names = "--models",
            paramLabel = "DIR",
            defaultValue = DEFAULT_FOLDER,
            description = "The folder that holds the models (default: ${DEFAULT-VALUE}).")
    private Path models = Path.of(DEFAULT_FOLDER);

    @Option(
            names = "--model-name",
            paramLabel = "NAME",
            defaultValue = DEFAULT_NAME,
            converter = ModelName.class,
            description = "The name of the model in --models (default: ${DEFAULT-VALUE}).")
    private String name = DEFAULT_NAME;

    /** Opens the model. Without one in the folder of models, returns nothing, after checking that one can be written there. */
    Optional<ModelArtifact> find() {
        if (model != null || ModelArtifact.latest(models, name).isPresent()) {
            return Optional.of(open());
        }
        Writable.requireFolder("--models", models.resolve(name));
        return Optional.empty();
    }

    /** Trains a model into the folder of models. */
    ModelArtifact train(DigitData digits, DataOptions data, Interrupts interrupts) throws IOException {
        System.out.println("No model in " + models + "; training one.");
        return TrainCommand.trainDefault(digits, data, models, name, interrupts);
    }

    /** Opens the model, or returns nothing if no model or folder was named and the default folder has none. */
    Optional<ModelArtifact> openIfAny() {
        boolean named = model != null || !models.equals(Path.of(DEFAULT_FOLDER));
        return named || ModelArtifact.latest(models, name).isPresent() ? Optional.of(open()) : Optional.empty();
    }

    ModelArtifact open() {
        Path directory = model;
        if (directory == null) {
            directory = ModelArtifact.latest(models, name)
                    .orElseThrow(() -> new UserException("there is no model " + name + " in " + models.toAbsolutePath()
                            + "; train one with `digitstream train`, or set --model to the folder of a model"));
        }
        return ModelArtifact.open(directory);
    }
}
