package digitstream.classify;

import digitstream.accuracy.ModelVersion;
import digitstream.avro.Prediction;
import digitstream.common.Digits;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Writes predictions as {@link Prediction} does in Avro's binary encoding, field by field in the order of its schema. Avro's own
 * writer takes several times as long, most of it for boxing. Not thread-safe.
 */
final class PredictionWriter {
    /** The most bytes of a number in Avro. */
    private static final int MAX_NUMBER_BYTES = 10;

    private static final int MAX_NUMBERS = 9;
    private static final int FLOATS = Digits.CLASSES + 1;

    private final byte[] header;
    private final String imageTopic;
    private @Nullable ModelVersion version;
    /** The fields {@code modelName}, {@code modelVersion} and {@code imageTopic}, for the version. */
    private byte[] texts = new byte[0];

    private byte[] out = new byte[256];
    private int position;

    /**
     * Creates a writer.
     *
     * @param header the bytes before each value: the magic byte and the id of the schema
     */
    PredictionWriter(byte[] header, String imageTopic) {
        this.header = header.clone();
        this.imageTopic = imageTopic;
    }

    private static byte[] encoded(String... texts) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(bytes, null);
        try {
            for (String text : texts) {
                encoder.writeString(text);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        return bytes.toByteArray();
    }

    /** Returns the value of the prediction's record. */
    byte[] write(PendingImage image, Classified.Predicted predicted, ModelVersion model) {
        if (!model.equals(version)) {
            texts = encoded(model.name(), model.version(), imageTopic);
            version = model;
        }
        ConsumerRecord<byte[], byte[]> record = image.record();
        byte[] id = record.key();
        reserve(header.length + id.length + texts.length + MAX_NUMBERS * MAX_NUMBER_BYTES + FLOATS * Float.BYTES);
        position = 0;
        put(header);
        number(id.length);
        put(id);
        number(predicted.label());
        real(predicted.confidence());
        // An array is a block with its number of items, and an empty block.
        number(Digits.CLASSES);
        for (int digit = 0; digit < Digits.CLASSES; digit++) {
            real(predicted.probability(digit));
        }
        number(0);
        put(texts);
        number(record.partition());
        number(record.offset());
        number(image.eventTimeMillis());
        number(predicted.predictedAtMillis());
        number(predicted.batchSize());
        return Arrays.copyOf(out, position);
    }

    private void reserve(int bytes) {
        if (out.length < bytes) {
            out = new byte[bytes];
        }
    }

    private void put(byte[] bytes) {
        System.arraycopy(bytes, 0, out, position, bytes.length);
        position += bytes.length;
    }

    /** Zigzag, then seven bits in each byte, the lowest first. */
    private void number(long value) {
        long rest = (value << 1) ^ (value >> 63);
        while ((rest & ~0x7fL) != 0) {
            out[position++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        out[position++] = (byte) rest;
    }

    private void real(float value) {
        int bits = Float.floatToIntBits(value);
        out[position++] = (byte) bits;
        out[position++] = (byte) (bits >> 8);
        out[position++] = (byte) (bits >> 16);
        out[position++] = (byte) (bits >> 24);
    }
}
