package digitstream.score;

import digitstream.accuracy.ImageState;
import digitstream.accuracy.ModelVersion;
import digitstream.accuracy.Role;
import digitstream.avro.Prediction;
import digitstream.common.Digits;
import digitstream.common.EventTimeRange;
import digitstream.serde.PlainFields;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads the fields of a {@link Prediction} that scoring needs, without decoding the rest into objects. Gives up on whatever is
 * unusual or invalid, and on the first prediction of each model version. Not thread-safe.
 */
final class PlainPrediction {
    private static final int MAX_INT_BYTES = 4;
    private static final int MAX_LONG_BYTES = 9;
    /** Half of what the general check allows, so that rounding does not matter. */
    private static final double SUM_TOLERANCE = 0.025;

    private final EventTimeRange times;
    private final TimeBuckets buckets;
    private final Role role;
    private final PlainFields fields = new PlainFields();

    /** The model version of the last prediction that was decoded in the general way, and its name and version in Avro. */
    private @Nullable ModelVersion model;

    private byte[] modelBytes = new byte[0];

    /**
     * Reads predictions of one topic.
     *
     * @param role of their versions
     */
    PlainPrediction(EventTimeRange times, TimeBuckets buckets, Role role) {
        this.times = times;
        this.buckets = buckets;
        this.role = role;
    }

    /**
     * Reads a prediction.
     *
     * @param offset of the first byte of Avro in our own schema, or a negative number if there is none
     * @return null if it must be decoded and checked in the general way
     */
    ImageState.@Nullable Predicted read(byte[] key, byte[] value, int offset, long nowMillis) {
        ModelVersion known = model;
        if (known == null) {
            return null;
        }
        fields.start(value, offset);
        fields.asciiEquals(key);
        long digit = fields.number(MAX_INT_BYTES);
        float confidence = fields.real();
        boolean valid = digit >= 0 && digit < Digits.CLASSES && isProbability(confidence) && readsProbabilities();
        if (!valid || fields.fails() || !fields.startsWith(modelBytes)) {
            return null;
        }
        fields.text();
        fields.number(MAX_INT_BYTES);
        fields.number(MAX_LONG_BYTES);
        long eventTime = fields.number(MAX_LONG_BYTES);
        fields.number(MAX_LONG_BYTES);
        fields.number(MAX_INT_BYTES);
        fields.end();
        if (fields.fails() || !times.contains(eventTime, nowMillis)) {
            return null;
        }
        return new ImageState.Predicted(
                known, (int) digit, confidence, eventTime, buckets.bucketOf(eventTime, nowMillis), role);
    }

    private boolean readsProbabilities() {
        if (fields.number(1) != Digits.CLASSES) {
            return false;
        }
        double sum = 0;
        boolean valid = true;
        for (int i = 0; i < Digits.CLASSES; i++) {
            float probability = fields.real();
            valid &= isProbability(probability);
            sum += probability;
        }
        return valid && Math.abs(sum - 1) <= SUM_TOLERANCE && fields.number(1) == 0;
    }

    private static boolean isProbability(float value) {
        return value >= 0 && value <= 1;
    }

    /** Remembers the model version of a valid prediction, where it was read from. */
    void remember(ModelVersion version, byte[] value, int offset) {
        fields.start(value, offset);
        fields.text();
        fields.number(MAX_INT_BYTES);
        fields.real();
        if (fields.fails() || !readsProbabilities()) {
            return;
        }
        int start = fields.position();
        fields.text();
        fields.text();
        if (!fields.fails()) {
            model = version;
            modelBytes = Arrays.copyOfRange(value, start, fields.position());
        }
    }
}
