package digitstream.benchmark.programs;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The command line that every compared program has.
 *
 * @param bootstrapServer the brokers
 * @param schemaRegistry the URL of the schema registry
 * @param images the topic to read
 * @param predictions the topic to write
 * @param model the folder of the model
 * @param threads the number of consuming threads
 * @param batch the number of images in a batch
 * @param group the consumer group, application id or prefix of transactional ids
 */
public record ProgramOptions(
        String bootstrapServer,
        String schemaRegistry,
        String images,
        String predictions,
        Path model,
        int threads,
        int batch,
        String group) {

    /** Returns the options as arguments. */
    public List<String> arguments() {
        return List.of(
                "--bootstrap-server", bootstrapServer,
                "--schema-registry", schemaRegistry,
                "--images", images,
                "--predictions", predictions,
                "--model", model.toString(),
                "--threads", Integer.toString(threads),
                "--batch", Integer.toString(batch),
                "--group", group);
    }

    /**
     * Parses {@link #arguments}.
     *
     * @throws IllegalArgumentException if one is missing
     */
    static ProgramOptions parse(String... arguments) {
        Map<String, String> all = new HashMap<>();
        for (int i = 0; i + 1 < arguments.length; i += 2) {
            all.put(arguments[i], arguments[i + 1]);
        }
        return new ProgramOptions(
                required(all, "--bootstrap-server"),
                required(all, "--schema-registry"),
                required(all, "--images"),
                required(all, "--predictions"),
                Path.of(required(all, "--model")),
                Integer.parseInt(required(all, "--threads")),
                Integer.parseInt(required(all, "--batch")),
                required(all, "--group"));
    }

    private static String required(Map<String, String> all, String name) {
        String value = all.get(name);
        if (value == null) {
            throw new IllegalArgumentException(name + " is missing");
        }
        return value;
    }
}
