package digitstream.model;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;

/** Real TorchScript files, as PyTorch wrote them: those that training starts from. */
final class Graphs {
    private Graphs() {}

    static byte[] bytes(String name) {
        try (InputStream in = ModelArtifact.class.getResourceAsStream("/digitstream/training/" + name + ".pt")) {
            return Objects.requireNonNull(in).readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
