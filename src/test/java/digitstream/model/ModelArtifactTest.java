package digitstream.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import digitstream.testing.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelArtifactTest {
    private static final byte[] MODEL = Graphs.bytes("lenet");
    private static final byte[] OTHER = Graphs.bytes("convnet");

    @TempDir
    private Path models;

    @Test
    void readsBackWhatItWrote() {
        ModelArtifact written = ModelArtifact.write(models, card("1", MODEL), MODEL, Map.of());
        ModelArtifact read = ModelArtifact.open(models.resolve("lenet/1"));
        assertThat(read.card()).isEqualTo(written.card());
        assertThat(read.torchScript()).isEqualTo(MODEL);
    }

    @Test
    void neverOverwritesAVersionAndLeavesNothingHalfWritten() throws IOException {
        ModelArtifact.write(models, card("1", MODEL), MODEL, Map.of());
        assertThatThrownBy(() -> ModelArtifact.write(models, card("1", OTHER), OTHER, Map.of()))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("already exists; choose another version");
        assertThat(ModelArtifact.open(models.resolve("lenet/1")).torchScript()).isEqualTo(MODEL);
        try (var files = Files.list(models.resolve("lenet"))) {
            assertThat(files).containsExactly(models.resolve("lenet/1"));
        }
    }

    @Test
    void findsTheLatestVersionAndIgnoresUnfinishedOnes() throws IOException {
        assertThat(ModelArtifact.latest(models, "lenet")).isEmpty();
        for (String version : List.of("20260101T000000Z", "20261101T000000Z", "20250101T000000Z")) {
            ModelArtifact.write(models, card(version, MODEL), MODEL, Map.of());
        }
        Files.createDirectories(models.resolve("lenet/.unfinished-99999999T000000Z-1"));
        Files.createDirectories(models.resolve("lenet/29990101T000000Z"));
        assertThat(ModelArtifact.latest(models, "lenet")).contains(models.resolve("lenet/20261101T000000Z"));
    }

    @Test
    void comparesNumbersInVersionsByValue() {
        for (String version : List.of("v9", "v10", "v2")) {
            ModelArtifact.write(models, card(version, MODEL), MODEL, Map.of());
        }
        assertThat(ModelArtifact.latest(models, "lenet")).contains(models.resolve("lenet/v10"));
    }

    @Test
    void rejectsAModelThatDoesNotMatchItsCard() throws IOException {
        Path directory =
                ModelArtifact.write(models, card("1", MODEL), MODEL, Map.of()).directory();
        Files.write(directory.resolve("model.pt"), OTHER);
        rejects(directory, "does not match its card: its SHA-256 is");
        Files.delete(directory.resolve("model.pt"));
        rejects(
                directory,
                "model.pt is missing; train a model with `digitstream train`, or name the folder of a version");
    }

    @Test
    void saysWhatIsMissing() throws IOException {
        rejects(models.resolve("nowhere"), "there is no such folder");
        Path directory =
                ModelArtifact.write(models, card("1", MODEL), MODEL, Map.of()).directory();
        rejects(directory.getParent(), "name the folder of a version");
        Files.delete(directory.resolve("model.json"));
        rejects(directory, "model.json is missing; write the card of model.pt as in docs/models.md");
    }

    @Test
    void namesWhatIsNoFileAndDoesNotWaitForIt() throws Exception {
        for (String name : List.of("model.pt", "model.json")) {
            Path directory = ModelArtifact.write(models, card("of-" + name, MODEL), MODEL, Map.of())
                    .directory();
            Path file = directory.resolve(name);
            Files.delete(file);
            Files.createDirectory(file);
            rejects(directory, file + " is a folder, not a file");
            for (Path target : List.of(file, directory.resolve("gone"))) {
                Files.delete(file);
                Files.createSymbolicLink(file, target);
                rejects(directory, file + " is a link that leads to no file");
            }
            Files.delete(file);
            Files.createSymbolicLink(file, Path.of("/dev/zero"));
            rejects(directory, file + " is a pipe or a device, not a file");
            Files.delete(file);
            assertThat(new ProcessBuilder("mkfifo", file.toString()).start().waitFor())
                    .isZero();
            rejects(directory, file + " is a pipe or a device, not a file");
        }
        Path file = Files.write(models.resolve("model.pt"), MODEL);
        rejects(file, file + " is a file, not a folder; name the folder of a version");
        Path loop = Files.createSymbolicLink(models.resolve("loop"), models.resolve("loop"));
        rejects(loop, "can't be read: Too many levels of symbolic links");
    }

    @Test
    void namesTheFileOfAnInvalidCard() throws IOException {
        Path directory =
                ModelArtifact.write(models, card("1", MODEL), MODEL, Map.of()).directory();
        Path card = directory.resolve("model.json");
        Files.writeString(card, Files.readString(card).replace("\"version\"", "\"vershun\""));
        rejects(directory, card + " is not a valid model card: version is missing");
    }

    /** Kills the writer repeatedly in the middle of a write: whatever looks like an artifact is complete. */
    @Test
    void leavesNoHalfWrittenArtifactIfKilled() throws Exception {
        for (int round = 0; round < 5; round++) {
            Path folder = models.resolve("round" + round);
            Process writer = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-cp",
                            System.getProperty("java.class.path"),
                            ArtifactWriter.class.getName(),
                            folder.toString())
                    .inheritIO()
                    .start();
            try {
                Await.until(
                        "the third version",
                        Duration.ofSeconds(30),
                        () -> Files.exists(folder.resolve("lenet/v3/model.json")));
                Thread.sleep(3L * round);
            } finally {
                writer.destroyForcibly().waitFor();
            }
            try (Stream<Path> versions = Files.list(folder.resolve("lenet"))) {
                assertThat(versions.filter(it -> !it.getFileName().toString().startsWith("."))
                                .map(ModelArtifact::open)
                                .map(artifact -> artifact.directory().resolve("report.html")))
                        .hasSizeGreaterThan(2)
                        .allSatisfy(report -> assertThat(report).hasSize(1 << 20));
            }
        }
    }

    private static void rejects(Path directory, String reason) {
        assertThatThrownBy(() -> ModelArtifact.open(directory))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining(directory.toString())
                .hasMessageContaining(reason);
    }

    private static ModelCard card(String version, byte[] model) {
        return Graphs.card("lenet", version, model, ModelCard.DIGITS, null);
    }
}
