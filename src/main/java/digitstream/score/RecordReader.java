package digitstream.score;

import static java.nio.charset.StandardCharsets.UTF_8;

import digitstream.accuracy.ImageState;
import digitstream.accuracy.ModelVersion;
import digitstream.accuracy.RecordFaults;
import digitstream.accuracy.Role;
import digitstream.avro.DigitLabel;
import digitstream.avro.Prediction;
import digitstream.common.EventTimeRange;
import digitstream.serde.Decoded;
import digitstream.serde.Decoder;
import digitstream.settings.ScoreSettings;
import digitstream.streams.DeadLetterReason;
import java.util.Optional;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/** Decodes and validates predictions and labels. Not thread-safe. */
final class RecordReader {
    private final TimeBuckets buckets;
    private final EventTimeRange times;
    private final Decoder<Prediction> predictions;
    private final Decoder<DigitLabel> labels;
    /** One for each topic, because each remembers the model version of its topic. */
    private final PlainPrediction plainPrediction;

    private final PlainPrediction plainChallenger;
    private final PlainLabel plainLabel;

    RecordReader(ScoreSettings settings, Decoder<Prediction> predictions, Decoder<DigitLabel> labels) {
        this.buckets = TimeBuckets.of(settings);
        this.times = settings.eventTimes();
        this.predictions = predictions;
        this.labels = labels;
        this.plainPrediction = new PlainPrediction(times, buckets, Role.CHAMPION);
        this.plainChallenger = new PlainPrediction(times, buckets, Role.CHALLENGER);
        this.plainLabel = new PlainLabel(times);
    }

    /** What was read: an event, or why there is none. */
    sealed interface Result {}

    /** A valid label or prediction. */
    record Valid(ImageState.Event event) implements Result {}

    /** The record is not a valid prediction or label. */
    record Fault(DeadLetterReason reason, String message) implements Result {}

    /** The label in a record in its common form, or null if {@link #label} must read it. */
    ImageState.@Nullable Event plainLabel(byte[] key, Headers headers, byte[] value, long nowMillis) {
        return plainLabel.read(key, value, labels.plainOffset(headers, value), nowMillis);
    }

    /** The prediction in a record in its common form, or null if {@link #prediction} must read it. */
    ImageState.@Nullable Event plainPrediction(byte[] key, Headers headers, byte[] value, Role role, long nowMillis) {
        return plain(role).read(key, value, predictions.plainOffset(headers, value), nowMillis);
    }

    private PlainPrediction plain(Role role) {
        return role == Role.CHALLENGER ? plainChallenger : plainPrediction;
    }

    /**
     * Reads a label, or its retraction, which is a record without a value.
     *
     * @param timestampMillis of the record; the time of a retraction
     */
    Result label(
            byte @Nullable [] key, Headers headers, byte @Nullable [] value, long timestampMillis, long nowMillis) {
        if (key != null && value == null) {
            return retraction(key, timestampMillis, nowMillis);
        }
        Optional<Fault> missing = missing(key, value);
        if (missing.isPresent()) {
            return missing.get();
        }
        Decoded<DigitLabel> decoded = labels.decode(headers, value);
        if (decoded instanceof Decoded.Malformed<DigitLabel> malformed) {
            return new Fault(DeadLetterReason.UNDECODABLE, malformed.reason());
        }
        DigitLabel label = ((Decoded.Value<DigitLabel>) decoded).value();
        Optional<String> fault =
                RecordFaults.ofId(key, label.getImageId()).or(() -> RecordFaults.of(label, times, nowMillis));
        return fault.isPresent()
                ? new Fault(DeadLetterReason.INVALID, fault.get())
                : new Valid(new ImageState.Label(
                        label.getLabel(), label.getLabelledAt().toEpochMilli()));
    }

    /** A timestamp that no label could have counts as the present. */
    private Result retraction(byte[] key, long timestampMillis, long nowMillis) {
        Optional<String> fault = RecordFaults.ofId(key, new String(key, UTF_8));
        if (fault.isPresent()) {
            return new Fault(DeadLetterReason.INVALID, fault.get());
        }
        return new Valid(
                ImageState.Label.retraction(times.contains(timestampMillis, nowMillis) ? timestampMillis : nowMillis));
    }

    /**
     * Reads a prediction.
     *
     * @param role the topic that it is in
     */
    Result prediction(byte @Nullable [] key, Headers headers, byte @Nullable [] value, Role role, long nowMillis) {
        Optional<Fault> missing = missing(key, value);
        if (missing.isPresent()) {
            return missing.get();
        }
        Decoded<Prediction> decoded = predictions.decode(headers, value);
        if (decoded instanceof Decoded.Malformed<Prediction> malformed) {
            return new Fault(DeadLetterReason.UNDECODABLE, malformed.reason());
        }
        Prediction prediction = ((Decoded.Value<Prediction>) decoded).value();
        Optional<String> fault =
                RecordFaults.ofId(key, prediction.getImageId()).or(() -> RecordFaults.of(prediction, times, nowMillis));
        if (fault.isPresent()) {
            return new Fault(DeadLetterReason.INVALID, fault.get());
        }
        ModelVersion model = new ModelVersion(prediction.getModelName(), prediction.getModelVersion());
        if (value != null) {
            plain(role).remember(model, value, predictions.plainOffset(headers, value));
        }
        long eventTime = prediction.getEventTime().toEpochMilli();
        return new Valid(new ImageState.Predicted(
                model,
                prediction.getLabel(),
                prediction.getConfidence(),
                eventTime,
                buckets.bucketOf(eventTime, nowMillis),
                role));
    }

    private static Optional<Fault> missing(byte @Nullable [] key, byte @Nullable [] value) {
        if (key == null) {
            return Optional.of(new Fault(DeadLetterReason.NULL_KEY, "the key is null; it must be the image id"));
        }
        return value == null
                ? Optional.of(new Fault(DeadLetterReason.NULL_VALUE, "the value is null"))
                : Optional.empty();
    }
}
