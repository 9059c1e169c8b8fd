package digitstream.cli;

import digitstream.model.ModelArtifact;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which model. */
final class ModelOptions {
    static final String DEFAULT_NAME = "lenet";

    @Option(
            names = "--model",
            paramLabel = "DIR",
            description = "The model's folder, with model.pt and model.json. Else the newest version in --models.")
    private @Nullable Path model;

    @Option(
            names = "--models",
            paramLabel = "DIR",
            defaultValue = "models",
            description = "The folder of all models (default: ${DEFAULT-VALUE}).")
    private Path models = Path.of("models");

    @Option(
            names = "--model-name",
            paramLabel = "NAME",
            defaultValue = DEFAULT_NAME,
            description = "Which model in --models (default: ${DEFAULT-VALUE}).")
    private String name = DEFAULT_NAME;

    ModelArtifact open() {
        Path directory = model;
        if (directory == null) {
            directory = ModelArtifact.latest(models, name)
                    .orElseThrow(() -> new UserException("there is no model " + name + " in " + models.toAbsolutePath()
                            + "; train one with `digitstream train`, or name a folder with --model"));
        }
        return ModelArtifact.open(directory);
    }
}
