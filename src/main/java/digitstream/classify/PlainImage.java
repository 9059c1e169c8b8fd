package digitstream.classify;

import digitstream.avro.DigitImage;
import digitstream.serde.PlainFields;
import java.util.Arrays;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Reads a {@link DigitImage} in its common form: valid, with an ASCII id, in our own schema. Gives up on everything else. Not
 * thread-safe.
 */
final class PlainImage {
    private static final int MAX_INT_BYTES = 5;
    private static final int MAX_LONG_BYTES = 9;

    private final ImageCheck check;
    private final PlainFields fields = new PlainFields();

    PlainImage(ImageCheck check) {
        this.check = check;
    }

    /**
     * Reads a record.
     *
     * @param offset of the first byte of Avro in our own schema, or a negative number if there is none
     * @param timestamp of the results, in milliseconds
     * @return null if it must be decoded and checked in the general way
     */
    @Nullable
    PendingImage read(ConsumerRecord<byte[], byte[]> record, int offset, long timestamp, long nowMillis) {
        byte[] value = record.value();
        fields.start(value, offset);
        fields.asciiEquals(record.key());
        boolean valid = fields.number(MAX_INT_BYTES) == check.width() && fields.number(MAX_INT_BYTES) == check.height();
        int length = check.width() * check.height();
        int pixels = fields.bytes(length);
        long eventTime = fields.number(MAX_LONG_BYTES);
        fields.end();
        if (!valid || fields.fails() || !check.times().contains(eventTime, nowMillis)) {
            return null;
        }
        return new PendingImage(record, timestamp, eventTime, Arrays.copyOfRange(value, pixels, pixels + length));
    }
}
