package digitstream.score;

import digitstream.accuracy.ModelVersion;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * What counts are kept by, in the stores of scoring and between its two stages.
 *
 * @param model whose predictions are counted; {@link #LABELS} for what became of labels
 * @param bucketStartMillis of the images' event times, or {@link #SINCE_START}
 * @param partition whose part this is
 */
record CountsKey(ModelVersion model, long bucketStartMillis, int partition) {
    /** The bucket of everything since the start. */
    static final long SINCE_START = Long.MIN_VALUE;

    /** Stands in a model's place for labels, which belong to none; no prediction can have it. */
    static final ModelVersion LABELS = new ModelVersion("", "");

    byte[] toBytes() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(64);
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeUTF(model.name());
            out.writeUTF(model.version());
            out.writeLong(bucketStartMillis);
            out.writeInt(partition);
        } catch (IOException e) {
            throw new UncheckedIOException("memory does not fail", e);
        }
        return bytes.toByteArray();
    }

    static CountsKey fromBytes(byte[] bytes) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            return new CountsKey(new ModelVersion(in.readUTF(), in.readUTF()), in.readLong(), in.readInt());
        } catch (IOException e) {
            throw new UncheckedIOException("a key of counts is cut off", e);
        }
    }
}
