package digitstream.model;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import java.util.zip.ZipEntry;

/**
 * What must be true of a file before PyTorch is let near it: a zip archive as {@code torch.jit.save} writes it (one folder,
 * nothing twice, the sums right, {@code data.pkl} and code there, only code compressed), whose pickles name only what such
 * files are made of. It refuses what is damaged, and what is made to harm by its form. It can't tell whether the code inside
 * does what its author says: TorchScript is a program.
 *
 * <p>The archive is read by its list of contents, as PyTorch does, so that both see the same bytes. The offsets are those of
 * PKWARE's APPNOTE.
 */
final class TorchScriptArchive {
    private static final int MOST_ENTRIES = 20_000;
    /** Code and what belongs to it; that of a network with a thousand layers has a few million bytes. */
    private static final long MOST_INFLATED = 64 << 20;

    private static final int LOCAL_HEADER = 0x04034b50;
    private static final int LOCAL_SIZE = 30;
    private static final int CENTRAL_HEADER = 0x02014b50;
    private static final int CENTRAL_SIZE = 46;
    private static final int END_HEADER = 0x06054b50;
    private static final int END_SIZE = 22;
    private static final int ENCRYPTED = 1;
    private static final Pattern NAME = Pattern.compile("[^/\\\\:\\x00-\\x1f]+(/[^/\\\\:\\x00-\\x1f]+)+");

    private final ByteBuffer file;
    private final Map<String, byte[]> code = new HashMap<>();
    private final Map<String, Integer> entries = new HashMap<>();
    private long inflated;

    private TorchScriptArchive(byte[] bytes) {
        this.file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /**
     * Checks a file.
     *
     * @throws ModelException that says what is wrong with it
     */
    static void check(byte[] bytes) {
        TorchScriptArchive archive = new TorchScriptArchive(bytes);
        if (bytes.length < END_SIZE || archive.file.getInt(0) != LOCAL_HEADER) {
            throw new ModelException("it does not start as a zip archive");
        }
        archive.readEntries();
        archive.requireParts();
    }

    private void readEntries() {
        int end = file.limit() - END_SIZE;
        while (end >= 0 && file.getInt(end) != END_HEADER) {
            end--;
        }
        if (end < 0) {
            throw new ModelException("its zip archive is cut off: there is no list of its contents at the end");
        }
        int count = file.getShort(end + 10) & 0xffff;
        if (count > MOST_ENTRIES) {
            throw new ModelException("its zip archive has " + count + " entries, more than " + MOST_ENTRIES);
        }
        long at = file.getInt(end + 16) & 0xffffffffL;
        for (int i = 0; i < count; i++) {
            if (at + CENTRAL_SIZE > end || file.getInt((int) at) != CENTRAL_HEADER) {
                throw damaged("its list of contents is not where it should be");
            }
            at = readEntry((int) at, end);
        }
    }

    /** Reads and checks one entry; returns where the next one stands in the list. */
    private int readEntry(int listed, int end) {
        int nameLength = unsigned(listed + 28);
        int next = listed + CENTRAL_SIZE + nameLength + unsigned(listed + 30) + unsigned(listed + 32);
        if (next > end) {
            throw damaged("its list of contents is cut off");
        }
        String name = text(listed + CENTRAL_SIZE, nameLength);
        if (!NAME.matcher(name).matches() || name.contains("..")) {
            throw new ModelException("its entry '" + printable(name) + "' has a name that leads out of the archive");
        }
        if (entries.put(name, listed) != null) {
            throw new ModelException("its entry '" + printable(name) + "' is there twice");
        }
        byte[] content = content(name, listed);
        CRC32 sum = new CRC32();
        sum.update(content);
        if ((int) sum.getValue() != file.getInt(listed + 16)) {
            throw damaged("the sum of '" + printable(name) + "' is wrong");
        }
        if (name.endsWith("pkl")) {
            PickleCheck.check(name, content);
        }
        if (name.endsWith(".py")) {
            code.put(name, content);
        }
        return next;
    }

    private byte[] content(String name, int listed) {
        int method = file.getShort(listed + 10);
        long stored = file.getInt(listed + 20) & 0xffffffffL;
        long size = file.getInt(listed + 24) & 0xffffffffL;
        long local = file.getInt(listed + 42) & 0xffffffffL;
        if ((file.getShort(listed + 8) & ENCRYPTED) != 0) {
            throw damaged("'" + printable(name) + "' is encrypted");
        }
        if (local + LOCAL_SIZE > file.limit() || file.getInt((int) local) != LOCAL_HEADER) {
            throw damaged("'" + printable(name) + "' is not where the list says");
        }
        int header = (int) local;
        int localNameLength = unsigned(header + 26);
        long from = local + LOCAL_SIZE + localNameLength + unsigned(header + 28);
        if (from + stored > file.limit()
                || !text(header + LOCAL_SIZE, Math.min(localNameLength, file.limit() - header - LOCAL_SIZE))
                        .equals(name)
                || file.getShort(header + 8) != method) {
            throw damaged("'" + printable(name) + "' is not what the list says");
        }
        byte[] raw = Arrays.copyOfRange(file.array(), (int) from, (int) (from + stored));
        if (method == ZipEntry.STORED) {
            if (size != stored) {
                throw damaged("'" + printable(name) + "' says that it has " + size + " bytes, and has " + stored);
            }
            return raw;
        }
        inflated += size;
        if (method != ZipEntry.DEFLATED || !name.contains("/code/") || inflated > MOST_INFLATED) {
            throw new ModelException("its entry '" + printable(name) + "' is compressed to hold " + size
                    + " bytes; torch.jit.save compresses only code, of " + MOST_INFLATED + " bytes at most here");
        }
        return inflate(name, raw, (int) size);
    }

    private static byte[] inflate(String name, byte[] raw, int size) {
        Inflater inflater = new Inflater(true);
        try {
            inflater.setInput(raw);
            byte[] content = new byte[size];
            int length = inflater.inflate(content);
            boolean ends = inflater.finished() || (inflater.inflate(new byte[1]) == 0 && inflater.finished());
            if (length != size || !ends) {
                throw damaged("'" + printable(name) + "' does not hold the " + size + " bytes that it promises");
            }
            return content;
        } catch (DataFormatException e) {
            throw damaged("'" + printable(name) + "' can't be inflated");
        } finally {
            inflater.end();
        }
    }

    private void requireParts() {
        String first =
                entries.keySet().stream().findFirst().orElseThrow(() -> new ModelException("its zip archive is empty"));
        String root = first.substring(0, first.indexOf('/') + 1);
        for (String name : entries.keySet()) {
            if (!name.startsWith(root)) {
                throw new ModelException(
                        "its entries are in several folders, '" + printable(root) + "' and '" + printable(name) + "'");
            }
        }
        for (String required : new String[] {"data.pkl", "constants.pkl"}) {
            if (!entries.containsKey(root + required)) {
                throw new ModelException("it has no " + required + ", which every TorchScript file has");
            }
        }
        if (code.isEmpty()) {
            throw new ModelException("it has no code; is it a file of weights only? Save it with torch.jit.save");
        }
        code.forEach(TorchScriptArchive::requireNoFiles);
    }

    /** The operators of PyTorch that open files of the machine; a network needs none. */
    private static void requireNoFiles(String name, byte[] source) {
        String text = new String(source, ISO_8859_1);
        for (String operator :
                new String[] {"torch.from_file(", "torch.save(", "ops.aten.from_file", "ops.aten.save"}) {
            if (text.contains(operator)) {
                throw new ModelException("its code '" + printable(name) + "' uses " + operator.replace("(", "")
                        + ", which opens files; a network needs none");
            }
        }
    }

    private int unsigned(int at) {
        return file.getShort(at) & 0xffff;
    }

    private String text(int at, int length) {
        return new String(file.array(), at, Math.max(0, length), ISO_8859_1);
    }

    private static ModelException damaged(String how) {
        return new ModelException("its zip archive is damaged: " + how);
    }

    static String printable(String text) {
        String clean = text.replaceAll("[^\\x20-\\x7e]", "?");
        return clean.length() <= 100 ? clean : clean.substring(0, 100) + "...";
    }
}
