package digitstream.score;

import digitstream.accuracy.ImageState;
import digitstream.accuracy.ModelVersion;
import digitstream.accuracy.RecordFaults;
import digitstream.avro.DigitLabel;
import digitstream.avro.Prediction;
import digitstream.common.EventTimeRange;
import digitstream.serde.Decoded;
import digitstream.serde.Decoder;
import digitstream.settings.ScoreSettings;
import digitstream.streams.DeadLetter;
import digitstream.streams.DeadLetterReason;
import digitstream.streams.SourcePosition;
import java.util.Optional;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.api.FixedKeyProcessor;
import org.apache.kafka.streams.processor.api.FixedKeyProcessorContext;
import org.apache.kafka.streams.processor.api.FixedKeyRecord;

/** Decodes and validates predictions and labels, and finds out whether they lie in the partition of their key. */
final class ReadingProcessor implements FixedKeyProcessor<byte[], byte[], Reading> {
    private final String labelsTopic;
    private final TimeBuckets buckets;
    private final EventTimeRange times;
    private final Placement placement;
    private final Decoder<Prediction> predictions;
    private final Decoder<DigitLabel> labels;

    private FixedKeyProcessorContext<byte[], Reading> context;

    // Kafka Streams calls init before anything else.
    @SuppressWarnings("NullAway.Init")
    ReadingProcessor(
            String labelsTopic,
            ScoreSettings settings,
            Placement placement,
            Decoder<Prediction> predictions,
            Decoder<DigitLabel> labels) {
        this.labelsTopic = labelsTopic;
        this.buckets = TimeBuckets.of(settings);
        this.times = settings.eventTimes();
        this.placement = placement;
        this.predictions = predictions;
        this.labels = labels;
    }

    @Override
    public void init(FixedKeyProcessorContext<byte[], Reading> context) {
        this.context = context;
    }

    @Override
    public void process(FixedKeyRecord<byte[], byte[]> record) {
        SourcePosition source = SourcePosition.of(context);
        if (record.key() == null) {
            reject(record, source, DeadLetterReason.NULL_KEY, "the key is null; it must be the image id");
        } else if (record.value() == null) {
            reject(record, source, DeadLetterReason.NULL_VALUE, "the value is null");
        } else if (source.topic().equals(labelsTopic)) {
            label(record, source);
        } else {
            prediction(record, source);
        }
    }

    private void label(FixedKeyRecord<byte[], byte[]> record, SourcePosition source) {
        Decoded<DigitLabel> decoded = labels.decode(record.headers(), record.value());
        if (decoded instanceof Decoded.Malformed<DigitLabel> malformed) {
            reject(record, source, DeadLetterReason.UNDECODABLE, malformed.reason());
            return;
        }
        DigitLabel label = ((Decoded.Value<DigitLabel>) decoded).value();
        Optional<String> fault = RecordFaults.ofId(record.key(), label.getImageId())
                .or(() -> RecordFaults.of(label, times, context.currentSystemTimeMs()));
        if (fault.isPresent()) {
            reject(record, source, DeadLetterReason.INVALID, fault.get());
            return;
        }
        accept(
                record,
                source,
                label.getImageId(),
                new ImageState.Label(label.getLabel(), label.getLabelledAt().toEpochMilli()));
    }

    private void prediction(FixedKeyRecord<byte[], byte[]> record, SourcePosition source) {
        Decoded<Prediction> decoded = predictions.decode(record.headers(), record.value());
        if (decoded instanceof Decoded.Malformed<Prediction> malformed) {
            reject(record, source, DeadLetterReason.UNDECODABLE, malformed.reason());
            return;
        }
        long now = context.currentSystemTimeMs();
        Prediction prediction = ((Decoded.Value<Prediction>) decoded).value();
        Optional<String> fault = RecordFaults.ofId(record.key(), prediction.getImageId())
                .or(() -> RecordFaults.of(prediction, times, now));
        if (fault.isPresent()) {
            reject(record, source, DeadLetterReason.INVALID, fault.get());
            return;
        }
        long eventTime = prediction.getEventTime().toEpochMilli();
        accept(
                record,
                source,
                prediction.getImageId(),
                new ImageState.Predicted(
                        new ModelVersion(prediction.getModelName(), prediction.getModelVersion()),
                        prediction.getLabel(),
                        prediction.getConfidence(),
                        eventTime,
                        buckets.bucketOf(eventTime, now)));
    }

    private void accept(
            FixedKeyRecord<byte[], byte[]> record, SourcePosition source, String imageId, ImageState.Event event) {
        Reading reading = placement.isMisplaced(record.key(), imageId, source)
                ? new Reading.Misplaced(event)
                : new Reading.InPlace(event);
        // Without the headers: they may be large, and nothing behind here needs them.
        context.forward(record.withValue(reading).withHeaders(new RecordHeaders()));
    }

    private void reject(
            FixedKeyRecord<byte[], byte[]> record, SourcePosition source, DeadLetterReason reason, String message) {
        context.forward(record.withValue(new Reading.Rejected(DeadLetter.of(record, source, reason, message))));
    }
}
