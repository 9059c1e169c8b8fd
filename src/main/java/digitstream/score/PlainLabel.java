package digitstream.score;

import digitstream.accuracy.ImageState;
import digitstream.avro.DigitLabel;
import digitstream.common.Digits;
import digitstream.common.EventTimeRange;
import digitstream.serde.PlainFields;
import org.jspecify.annotations.Nullable;

/** Reads a {@link DigitLabel} without decoding it into objects. Gives up on whatever is unusual or invalid. Not thread-safe. */
final class PlainLabel {
    private static final int MAX_LONG_BYTES = 9;

    private final EventTimeRange times;
    private final PlainFields fields = new PlainFields();

    PlainLabel(EventTimeRange times) {
        this.times = times;
    }

    /**
     * Reads a label.
     *
     * @param offset of the first byte of Avro in our own schema, or a negative number if there is none
     * @return null if it must be decoded and checked in the general way
     */
    ImageState.@Nullable Label read(byte[] key, byte[] value, int offset, long nowMillis) {
        fields.start(value, offset);
        fields.asciiEquals(key);
        long digit = fields.number(1);
        long labelledAt = fields.number(MAX_LONG_BYTES);
        fields.end();
        boolean valid =
                !fields.fails() && digit >= 0 && digit < Digits.CLASSES && times.contains(labelledAt, nowMillis);
        return valid ? new ImageState.Label((int) digit, labelledAt) : null;
    }
}
