package digitstream.model;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import digitstream.testing.TorchScripts;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files that people name model.pt though they are not TorchScript. */
class ForeignFileTest {
    @TempDir
    private Path models;

    /** The files are by scripts/make_test_models.py. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "state_dict            | it is a state_dict (weights without code)",
                "state_dict_old_format | it is a state_dict (weights without code)",
                "dictionary            | it is a state_dict (weights without code)",
                "pickle                | it is a state_dict (weights without code)",
                "tensor                | it is a state_dict (weights without code)",
                "checkpoint            | it is a checkpoint of a training (weights without code)",
                "module                | it is a pickled Python object (__main__.Net), not TorchScript",
                "module_old_format     | it is a pickled Python object (__main__.Net), not TorchScript",
                "dictionary_of_module  | it is a pickled Python object (__main__.Net), not TorchScript",
                "sequential            | it is a pickled Python object (torch.nn.modules.",
                "pickled_object        | it is a pickled Python object (pathlib.PurePosixPath), not TorchScript",
                "onnx                  | it is an ONNX model"
            })
    void namesFilesByPythonsPyTorch(String resource, String message) throws IOException {
        assertRefused(resource(resource), message, "torch.jit.script(model.eval()).save(\"model.pt\")");
    }

    @Test
    void namesFormatsOfOtherTools() {
        assertRefused(bytes(""), "it is empty");
        assertRefused(
                bytes("version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 95974\n"),
                "it is a pointer of Git LFS",
                "run `git lfs pull`");
        assertRefused(bytes("\n<!DOCTYPE html><html>404</html>"), "it is a web page");
        assertRefused(bytes("\u00ef\u00bb\u00bf<html><head>"), "it is a web page");
        assertRefused(bytes("<?xml version=\"1.0\"?><Error>"), "it is a web page");
        assertRefused(bytes("{\"error\": \"not found\"}"), "it is JSON text");
        assertRefused(bytes("\u00089\0\0\0\0\0\0{\"__metadata__\":{\"format\":\"pt\"}}"), "safetensors");
        assertRefused(bytes("\u0089HDF\r\n\u001a\n\0\0"), "it is an HDF5 file, as Keras writes");
        assertRefused(bytes("\b\u0001\u0012\u00f0\u0001"), "it is a TensorFlow SavedModel");
        assertRefused(bytes("\u001c\0\0\0TFL3\u0014\0"), "it is a TensorFlow Lite model");
        assertRefused(bytes("\u0010\0\0\0ET12\0"), "it is an ExecuTorch program");
        assertRefused(bytes("DJL@\0\0"), "it holds the parameters of DJL blocks");
        assertRefused(bytes("\u001f\u008b\b\0\0"), "it is compressed with gzip; unpack it");
        assertRefused(bytes("model.pt" + "\0".repeat(249) + "ustar\00000"), "it is a tar archive; unpack it");
        assertRefused(bytes("\u0093NUMPY\u0001\0"), "it is a NumPy array");
        assertRefused(bytes("just text"), "it is not a zip archive; save the model with torch.jit.save");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "arr_0.npy                                | it holds NumPy arrays",
                "model.weights.h5                         | it is a Keras model",
                "serialized_exported_program.json         | it is a program by torch.export",
                "model/archive_format                     | it is a program by torch.export",
                "MAR-INF/MANIFEST.json                    | it is a TorchServe archive",
                "model.pt                                 | it is a zip archive that contains a model; unpack it",
                "my models/best.pth                       | it is a zip archive that contains a model; unpack it",
                "word/document.xml                        | it has no data.pkl"
            })
    void namesOtherZipArchives(String entry, String message) {
        assertRefused(TorchScripts.zip(Map.of(entry, new byte[3])), message);
    }

    private void assertRefused(byte[] file, String... messages) {
        // The card fits the file, as a program that computes the checksum writes it.
        Path folder = models.resolve("m" + file.length);
        assertThatThrownBy(() -> {
                    Files.createDirectories(folder);
                    Files.write(folder.resolve("model.pt"), file);
                    Files.writeString(
                            folder.resolve("model.json"),
                            Graphs.card("m", "1", file, ModelCard.DIGITS, null).toJson());
                    ModelArtifact.open(folder);
                })
                .isInstanceOf(ModelException.class)
                .hasMessageStartingWith(folder.resolve("model.pt") + " is not a usable TorchScript file: it ")
                .satisfies(refusal -> assertThat(refusal.getMessage()).contains(messages));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(ISO_8859_1);
    }

    static byte[] resource(String name) throws IOException {
        try (InputStream in = ForeignFileTest.class.getResourceAsStream("/models/" + name + ".pt")) {
            return Objects.requireNonNull(in).readAllBytes();
        }
    }
}
