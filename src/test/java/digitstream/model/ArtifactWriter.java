package digitstream.model;

import java.nio.file.Path;
import java.util.Map;

/** Writes one version after another until it is killed; runs in a separate process. */
final class ArtifactWriter {
    private ArtifactWriter() {}

    public static void main(String[] arguments) {
        byte[] model = Graphs.bytes("convnet");
        for (int version = 1; ; version++) {
            ModelArtifact.write(
                    Path.of(arguments[0]),
                    Graphs.card("lenet", "v" + version, model, ModelCard.DIGITS, null),
                    model,
                    Map.of("report.html", new byte[1 << 20]));
        }
    }
}
