package digitstream.model;

import static digitstream.testing.TorchScripts.zip;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Malicious and damaged files, made from a real one. */
class TorchScriptArchiveTest {
    private static final byte[] GOOD = Graphs.bytes("lenet");

    @ParameterizedTest
    @ValueSource(strings = {"lenet", "convnet", "augment"})
    void acceptsFilesThatPyTorchWrote(String graph) {
        assertThatCode(() -> TorchScriptArchive.check(Graphs.bytes(graph))).doesNotThrowAnyException();
    }

    @Test
    void acceptsTheSameEntriesWrittenByAnotherLibrary() throws IOException {
        assertThatCode(() -> TorchScriptArchive.check(zip(entries()))).doesNotThrowAnyException();
    }

    @Property
    void rejectsATruncatedFile(@ForAll @IntRange(max = 95_973) int length) {
        assertThatThrownBy(() -> TorchScriptArchive.check(Arrays.copyOf(GOOD, length)))
                .isInstanceOf(ModelException.class);
    }

    /** Any damage is either rejected with a ModelException or is in bytes without meaning, such as a date. */
    @Property
    void neverThrowsAnotherException(@ForAll @IntRange(max = 95_973) int at, @ForAll byte value) {
        byte[] damaged = GOOD.clone();
        damaged[at] = value;
        try {
            TorchScriptArchive.check(damaged);
        } catch (ModelException rejected) {
            // Expected.
        }
    }

    @Test
    void rejectsWeightsWithAWrongChecksum() {
        byte[] damaged = GOOD.clone();
        damaged[GOOD.length / 2] ^= 1;
        rejects(damaged, "the CRC-32 of 'lenet/data/11' is wrong");
    }

    @ParameterizedTest
    @ValueSource(strings = {"lenet/../../../etc/cron.d/x", "/etc/passwd", "lenet/..\\x", "C:/x", "lenet//x", "x"})
    void rejectsNamesThatPointOutsideTheArchive(String name) throws IOException {
        Map<String, byte[]> entries = entries();
        entries.put(name, new byte[1]);
        rejects(zip(entries), "has a name that points outside the archive's folder");
    }

    @Test
    void rejectsSeveralFolders() throws IOException {
        Map<String, byte[]> entries = entries();
        entries.put("other/data.pkl", new byte[] {(byte) 0x80, 2, '.'});
        rejects(zip(entries), "its entries are in several folders");
    }

    @Test
    void rejectsADuplicateEntry() {
        byte[] twice = new String(GOOD, ISO_8859_1)
                .replace("lenet/data/1", "lenet/data/0")
                .getBytes(ISO_8859_1);
        rejects(twice, "'lenet/data/0' occurs twice");
    }

    @Test
    void rejectsAnEntryThatDoesNotMatchTheCentralDirectory() {
        // The name in the first local header differs from the central directory.
        byte[] hidden = GOOD.clone();
        hidden[30] = 'X';
        rejects(hidden, "does not match the central directory");
    }

    @Test
    void rejectsAZipBomb() throws IOException {
        Map<String, byte[]> entries = entries();
        entries.put("lenet/code/bomb.py", new byte[100 << 20]);
        rejects(zip(entries), "is compressed from 104857600 bytes");
    }

    @Test
    void rejectsCompressedWeights() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream out = new ZipOutputStream(bytes)) {
            out.putNextEntry(new ZipEntry("lenet/data/0"));
            out.write(new byte[1_000]);
        }
        rejects(bytes.toByteArray(), "torch.jit.save compresses only code");
    }

    @ParameterizedTest
    @ValueSource(strings = {"posix\nsystem\n", "builtins\neval\n", "torch\nload\n", "__builtin__\nexec\n"})
    void rejectsAPickleThatCallsAnythingElse(String global) throws IOException {
        Map<String, byte[]> entries = entries();
        byte[] pickle = ("\u0080\u0002c" + global + "X\u0004\0\0\0true\u0085R.").getBytes(ISO_8859_1);
        entries.put("lenet/data.pkl", pickle);
        rejects(zip(entries), "its pickle 'lenet/data.pkl' calls '" + global.substring(0, global.indexOf('\n')));
    }

    @Test
    void rejectsOpcodesThatHideAName() throws IOException {
        Map<String, byte[]> entries = entries();
        // Protocol 4 builds the name on the stack.
        byte[] pickle = "\u0080\u0004\u008c\u0005posix\u008c\u0006system\u0093.".getBytes(ISO_8859_1);
        entries.put("lenet/constants.pkl", pickle);
        rejects(zip(entries), "has the opcode 0x8c, which torch.jit.save never writes");
        entries.put("lenet/constants.pkl", "\u0080\u0002X\u00ff\0\0\0short".getBytes(ISO_8859_1));
        rejects(zip(entries), "its pickle 'lenet/constants.pkl' is truncated");
    }

    @Test
    void rejectsWeightsWithoutCode() throws IOException {
        Map<String, byte[]> entries = entries();
        entries.keySet().removeIf(name -> name.contains("/code/"));
        rejects(zip(entries), "it is a pickled Python object (__torch__.LeNet), not TorchScript");
        entries.remove("lenet/data.pkl");
        rejects(zip(entries), "it has no data.pkl");
    }

    @Test
    void rejectsCodeThatOpensFiles() throws IOException {
        Map<String, byte[]> entries = entries();
        entries.put("lenet/code/__torch__.py", "x = torch.from_file(\"/etc/passwd\", False, 10)".getBytes(UTF_8));
        rejects(zip(entries), "uses torch.from_file, which opens files");
    }

    private static void rejects(byte[] file, String reason) {
        assertThatThrownBy(() -> TorchScriptArchive.check(file))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining(reason);
    }

    private static Map<String, byte[]> entries() throws IOException {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        Path copy = Files.createTempFile("lenet", ".pt");
        Files.write(copy, GOOD);
        try (ZipFile file = new ZipFile(copy.toFile())) {
            for (ZipEntry entry : Collections.list(file.entries())) {
                entries.put(entry.getName(), file.getInputStream(entry).readAllBytes());
            }
        } finally {
            Files.delete(copy);
        }
        return entries;
    }
}
