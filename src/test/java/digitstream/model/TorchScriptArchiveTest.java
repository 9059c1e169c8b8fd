package digitstream.model;

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
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that are harmful or damaged by their form, made from a real one. */
class TorchScriptArchiveTest {
    private static final byte[] GOOD = Graphs.bytes("lenet");

    @ParameterizedTest
    @ValueSource(strings = {"lenet", "convnet", "augment"})
    void takesWhatPyTorchWrote(String graph) {
        assertThatCode(() -> TorchScriptArchive.check(Graphs.bytes(graph))).doesNotThrowAnyException();
    }

    @Test
    void takesTheSameEntriesWrittenByAnother() throws IOException {
        assertThatCode(() -> TorchScriptArchive.check(zip(entries()))).doesNotThrowAnyException();
    }

    @Property
    void refusesAFileThatIsCutOff(@ForAll @IntRange(max = 95_973) int length) {
        assertThatThrownBy(() -> TorchScriptArchive.check(Arrays.copyOf(GOOD, length)))
                .isInstanceOf(ModelException.class);
    }

    /** Whatever the damage: it is refused in our words, or it is in bytes that say nothing, such as a date. */
    @Property
    void neverFailsInAnyOtherWay(@ForAll @IntRange(max = 95_973) int at, @ForAll byte value) {
        byte[] damaged = GOOD.clone();
        damaged[at] = value;
        try {
            TorchScriptArchive.check(damaged);
        } catch (ModelException refused) {
            // As it should be.
        }
    }

    @Test
    void refusesWeightsWithAWrongSum() {
        byte[] damaged = GOOD.clone();
        damaged[GOOD.length / 2] ^= 1;
        refuses(damaged, "the sum of 'lenet/data/4' is wrong");
    }

    @ParameterizedTest
    @ValueSource(strings = {"lenet/../../../etc/cron.d/x", "/etc/passwd", "lenet/..\\x", "C:/x", "lenet//x", "x"})
    void refusesNamesThatLeadOutOfTheArchive(String name) throws IOException {
        Map<String, byte[]> entries = entries();
        entries.put(name, new byte[1]);
        refuses(zip(entries), "has a name that leads out of the archive");
    }

    @Test
    void refusesSeveralFolders() throws IOException {
        Map<String, byte[]> entries = entries();
        entries.put("other/data.pkl", new byte[] {(byte) 0x80, 2, '.'});
        refuses(zip(entries), "its entries are in several folders");
    }

    @Test
    void refusesAnEntryThatIsThereTwice() {
        byte[] twice = new String(GOOD, ISO_8859_1)
                .replace("lenet/data/1", "lenet/data/0")
                .getBytes(ISO_8859_1);
        refuses(twice, "'lenet/data/0' is there twice");
    }

    @Test
    void refusesAnEntryThatIsNotWhereTheListSays() {
        // The first header says another name than the list.
        byte[] hidden = GOOD.clone();
        hidden[30] = 'X';
        refuses(hidden, "is not what the list says");
    }

    @Test
    void refusesAZipBomb() throws IOException {
        Map<String, byte[]> entries = entries();
        entries.put("lenet/code/bomb.py", new byte[100 << 20]);
        refuses(zip(entries), "is compressed to hold 104857600 bytes");
    }

    @Test
    void refusesCompressedWeights() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream out = new ZipOutputStream(bytes)) {
            out.putNextEntry(new ZipEntry("lenet/data/0"));
            out.write(new byte[1_000]);
        }
        refuses(bytes.toByteArray(), "torch.jit.save compresses only code");
    }

    @ParameterizedTest
    @ValueSource(strings = {"posix\nsystem\n", "builtins\neval\n", "torch\nload\n", "__builtin__\nexec\n"})
    void refusesAPickleThatCallsAnythingElse(String global) throws IOException {
        Map<String, byte[]> entries = entries();
        byte[] pickle = ("\u0080\u0002c" + global + "X\u0004\0\0\0true\u0085R.").getBytes(ISO_8859_1);
        entries.put("lenet/data.pkl", pickle);
        refuses(zip(entries), "its pickle 'lenet/data.pkl' calls '" + global.substring(0, global.indexOf('\n')));
    }

    @Test
    void refusesOperationsThatHideAName() throws IOException {
        Map<String, byte[]> entries = entries();
        // Protocol 4: the name is put together on the stack.
        byte[] pickle = "\u0080\u0004\u008c\u0005posix\u008c\u0006system\u0093.".getBytes(ISO_8859_1);
        entries.put("lenet/constants.pkl", pickle);
        refuses(zip(entries), "has the operation 0x8c, which torch.jit.save never writes");
        entries.put("lenet/constants.pkl", "\u0080\u0002X\u00ff\0\0\0short".getBytes(ISO_8859_1));
        refuses(zip(entries), "its pickle 'lenet/constants.pkl' is cut off");
    }

    @Test
    void refusesWeightsWithoutCode() throws IOException {
        Map<String, byte[]> entries = entries();
        entries.keySet().removeIf(name -> name.contains("/code/"));
        refuses(zip(entries), "it has no code");
        entries.remove("lenet/data.pkl");
        refuses(zip(entries), "it has no data.pkl");
    }

    @Test
    void refusesCodeThatOpensFiles() throws IOException {
        Map<String, byte[]> entries = entries();
        entries.put("lenet/code/__torch__.py", "x = torch.from_file(\"/etc/passwd\", False, 10)".getBytes(UTF_8));
        refuses(zip(entries), "uses torch.from_file, which opens files");
    }

    private static void refuses(byte[] file, String reason) {
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

    /** As PyTorch does: code compressed, all else stored. */
    private static byte[] zip(Map<String, byte[]> entries) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream out = new ZipOutputStream(bytes)) {
            for (Map.Entry<String, byte[]> it : entries.entrySet()) {
                ZipEntry entry = new ZipEntry(it.getKey());
                if (!it.getKey().contains("/code/")) {
                    CRC32 sum = new CRC32();
                    sum.update(it.getValue());
                    entry.setMethod(ZipEntry.STORED);
                    entry.setSize(it.getValue().length);
                    entry.setCrc(sum.getValue());
                }
                out.putNextEntry(entry);
                out.write(it.getValue());
            }
        }
        return bytes.toByteArray();
    }
}
