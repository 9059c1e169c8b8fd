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
                    new ModelCard(
                            1,
                            "lenet",
                            "v" + version,
                            ModelArtifact.sha256(model),
                            ModelCard.INPUT,
                            ModelCard.OUTPUT,
                            ModelCard.DIGITS,
                            null,
                            null,
                            null,
                            null,
                            Map.of()),
                    model,
                    Map.of("report.html", new byte[1 << 20]));
        }
    }
}
