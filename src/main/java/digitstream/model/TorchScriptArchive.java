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
 * Checks a TorchScript file before PyTorch loads it. The file must be a zip archive as {@code torch.jit.save} writes it: one
 * folder, no duplicate entries, correct checksums, {@code data.pkl} and code present, only code compressed. Its pickles must
 * name only what such files need. The check rejects damaged files and files that are malicious by their form. It can't tell
 * whether the code does what its author claims: TorchScript is a program.
 *
 * <p>Entries are read through the central directory, as PyTorch does, so that both see the same bytes. The offsets are from
 * PKWARE's APPNOTE.
 */
final class TorchScriptArchive {
    private static final int MAX_ENTRIES = 20_000;
    private static final int MAX_NAME_LENGTH = 1_000;
    /** Bytes of inflated code; a network with a thousand layers has a few million. */
    private static final long MAX_INFLATED_BYTES = 64 << 20;

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
     * @throws ModelException if it is rejected; the message gives the reason
     */
    static void check(byte[] bytes) {
        ForeignFile.describe(bytes).ifPresent(TorchScriptArchive::reject);
        TorchScriptArchive archive = new TorchScriptArchive(bytes);
        if (bytes.length < END_SIZE || archive.file.getInt(0) != LOCAL_HEADER) {
            throw new ModelException("it is not a zip archive; save the model with torch.jit.save");
        }
        archive.rejectForeign();
        archive.readEntries();
        archive.requireParts();
    }

    private static void reject(String reason) {
        throw new ModelException(reason);
    }

    /**
     * Rejects other zip archives by the names of their entries. Comes before the checks of the entries, whose messages suspect
     * damage or malice.
     */
    private void rejectForeign() {
        Map<String, Integer> listed = new HashMap<>();
        int end = end();
        long at = file.getInt(end + 16) & 0xffffffffL;
        while (at + CENTRAL_SIZE <= end && file.getInt((int) at) == CENTRAL_HEADER && listed.size() < MAX_ENTRIES) {
            int start = (int) at;
            at += CENTRAL_SIZE;
            at += unsigned(start + 28) + unsigned(start + 30) + unsigned(start + 32);
            // No tool writes longer names; matching them would take long.
            if (at <= end && unsigned(start + 28) <= MAX_NAME_LENGTH) {
                listed.put(text(start + CENTRAL_SIZE, unsigned(start + 28)), start);
            }
        }
        ForeignFile.describeZip(listed.keySet()).ifPresent(TorchScriptArchive::reject);
        if (listed.keySet().stream().noneMatch(name -> name.contains("/code/"))) {
            listed.forEach((name, start) -> {
                if (name.endsWith("/data.pkl")) {
                    reject(ForeignFile.describePickle(new String(content(name, start), ISO_8859_1)));
                }
            });
        }
    }

    /** Returns the offset of the record at the end of the archive, which says where the central directory is. */
    private int end() {
        int end = file.limit() - END_SIZE;
        while (end >= 0 && file.getInt(end) != END_HEADER) {
            end--;
        }
        if (end < 0) {
            throw new ModelException("its zip archive is truncated: it has no central directory at the end");
        }
        return end;
    }

    private void readEntries() {
        int end = end();
        int count = file.getShort(end + 10) & 0xffff;
        if (count > MAX_ENTRIES) {
            throw new ModelException("its zip archive has " + count + " entries; the limit is " + MAX_ENTRIES);
        }
        long at = file.getInt(end + 16) & 0xffffffffL;
        for (int i = 0; i < count; i++) {
            if (at + CENTRAL_SIZE > end || file.getInt((int) at) != CENTRAL_HEADER) {
                throw damaged("its central directory is not where the end of the archive says");
            }
            at = readEntry((int) at, end);
        }
    }

    /** Reads and checks one entry; returns the offset of the next one in the central directory. */
    private int readEntry(int listed, int end) {
        int nameLength = unsigned(listed + 28);
        int next = listed + CENTRAL_SIZE + nameLength + unsigned(listed + 30) + unsigned(listed + 32);
        if (next > end) {
            throw damaged("its central directory is truncated");
        }
        String name = text(listed + CENTRAL_SIZE, nameLength);
        if (!NAME.matcher(name).matches() || name.contains("..")) {
            throw new ModelException(
                    "its entry '" + printable(name) + "' has a name that points outside the archive's folder");
        }
        if (entries.put(name, listed) != null) {
            throw new ModelException("its entry '" + printable(name) + "' occurs twice");
        }
        byte[] content = content(name, listed);
        CRC32 sum = new CRC32();
        sum.update(content);
        if ((int) sum.getValue() != file.getInt(listed + 16)) {
            throw damaged("the CRC-32 of '" + printable(name) + "' is wrong");
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
            throw damaged("'" + printable(name) + "' is not where the central directory says");
        }
        int header = (int) local;
        int localNameLength = unsigned(header + 26);
        long from = local + LOCAL_SIZE + localNameLength + unsigned(header + 28);
        if (from + stored > file.limit()
                || !text(header + LOCAL_SIZE, Math.min(localNameLength, file.limit() - header - LOCAL_SIZE))
                        .equals(name)
                || file.getShort(header + 8) != method) {
            throw damaged("'" + printable(name) + "' does not match the central directory");
        }
        byte[] raw = Arrays.copyOfRange(file.array(), (int) from, (int) (from + stored));
        if (method == ZipEntry.STORED) {
            if (size != stored) {
                throw damaged("'" + printable(name) + "' declares " + size + " bytes but has " + stored);
            }
            return raw;
        }
        inflated += size;
        if (method != ZipEntry.DEFLATED || !name.contains("/code/") || inflated > MAX_INFLATED_BYTES) {
            throw new ModelException("its entry '" + printable(name) + "' is compressed from " + size
                    + " bytes; torch.jit.save compresses only code, and the limit for code is " + MAX_INFLATED_BYTES
                    + " bytes");
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
                throw damaged("'" + printable(name) + "' does not inflate to the " + size + " bytes that it declares");
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
            throw new ModelException(
                    "it has no code; if it holds only weights, save the whole model with torch.jit.save");
        }
        code.forEach(TorchScriptArchive::requireNoFiles);
    }

    /** Rejects PyTorch's operators that open local files; no network needs them. */
    private static void requireNoFiles(String name, byte[] source) {
        String text = new String(source, ISO_8859_1);
        for (String operator :
                new String[] {"torch.from_file(", "torch.save(", "ops.aten.from_file", "ops.aten.save"}) {
            if (text.contains(operator)) {
                throw new ModelException("its code '" + printable(name) + "' uses " + operator.replace("(", "")
                        + ", which opens files; a network must not");
            }
        }
    }

    private int unsigned(int at) {
        return file.getShort(at) & 0xffff;
    }

    private String text(int at, int length) {
        return new String(file.array(), at, Math.max(0, length), ISO_8859_1);
    }

    private static ModelException damaged(String reason) {
        return new ModelException("its zip archive is damaged: " + reason);
    }

    static String printable(String text) {
        String clean = text.replaceAll("[^\\x20-\\x7e]", "?");
        return clean.length() <= 100 ? clean : clean.substring(0, 100) + "...";
    }
}
