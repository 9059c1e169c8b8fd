package digitstream.score;

import digitstream.accuracy.ModelVersion;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * The key of counts, in the stores of scoring and in the topic between its two stages.
 *
 * @param model the model version, or {@link #LABELS} for label outcomes
 * @param bucketStartMillis start of the event-time bucket, or {@link #SINCE_START}
 * @param partition the source partition of the counts
 */
record CountsKey(ModelVersion model, long bucketStartMillis, int partition) {
    /** The bucket that counts all images since the start. */
    static final long SINCE_START = Long.MIN_VALUE;

    /** Placeholder model for label outcomes, which belong to no model. Predictions with empty names are rejected. */
    static final ModelVersion LABELS = new ModelVersion("", "");

    byte[] toBytes() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(64);
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeUTF(model.name());
            out.writeUTF(model.version());
            out.writeLong(bucketStartMillis);
            out.writeInt(partition);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        return bytes.toByteArray();
    }

    static CountsKey fromBytes(byte[] bytes) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            return new CountsKey(new ModelVersion(in.readUTF(), in.readUTF()), in.readLong(), in.readInt());
        } catch (IOException e) {
            throw new UncheckedIOException("the counts key is truncated", e);
        }
    }
}
