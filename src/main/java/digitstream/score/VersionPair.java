package digitstream.score;

import digitstream.accuracy.ModelVersion;
import digitstream.accuracy.RecordFaults;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/** A champion and a challenger. */
record VersionPair(ModelVersion champion, ModelVersion challenger) {
    /**
     * Begins the key of the counts of a pair. It has no name, as no model version has, so that versions of scoring that know no
     * pairs find no usable {@link CountsKey} and drop it.
     */
    private static final ModelVersion MARK = new ModelVersion("", "pairs");

    private static final byte[] MARK_BYTES = {0, 0, 0, 5, 'p', 'a', 'i', 'r', 's'};

    /** The key of a comparison. */
    String text() {
        return text(champion) + " " + text(challenger);
    }

    static String text(ModelVersion version) {
        return version.name() + "/" + version.version();
    }

    boolean isValid() {
        return RecordFaults.isValid(champion) && RecordFaults.isValid(challenger);
    }

    /** The key of the counts of a partition. */
    byte[] toBytes(int partition) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(96);
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.write(new CountsKey(MARK, CountsKey.SINCE_START, partition).toBytes());
            for (ModelVersion version : new ModelVersion[] {champion, challenger}) {
                out.writeUTF(version.name());
                out.writeUTF(version.version());
            }
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        return bytes.toByteArray();
    }

    /** Whether a key is that of a pair, and not a {@link CountsKey}. */
    static boolean isKey(byte[] key) {
        for (int i = 0; i < MARK_BYTES.length; i++) {
            if (i >= key.length || key[i] != MARK_BYTES[i]) {
                return false;
            }
        }
        return true;
    }

    /** The pair of a key; its partition is that of the {@link CountsKey} that it begins with. */
    static VersionPair fromBytes(byte[] key) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(key))) {
            in.readUTF();
            in.readUTF();
            in.readLong();
            in.readInt();
            return new VersionPair(
                    new ModelVersion(in.readUTF(), in.readUTF()), new ModelVersion(in.readUTF(), in.readUTF()));
        } catch (IOException e) {
            throw new UncheckedIOException("the key of a pair is truncated", e);
        }
    }
}
