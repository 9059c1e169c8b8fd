package digitstream.score;

import static java.nio.charset.StandardCharsets.UTF_8;

import digitstream.accuracy.ImageState;
import digitstream.accuracy.ModelVersion;
import digitstream.accuracy.RecordFaults;
import digitstream.avro.DigitLabel;
import digitstream.avro.Prediction;
import digitstream.serde.Decoded;
import digitstream.serde.Decoder;
import digitstream.settings.ScoreSettings;
import digitstream.streams.DeadLetter;
import digitstream.streams.DeadLetterReason;
import digitstream.streams.SourcePosition;
import digitstream.streams.TaskMemory;
import java.util.Optional;
import org.apache.kafka.streams.processor.api.FixedKeyProcessor;
import org.apache.kafka.streams.processor.api.FixedKeyProcessorContext;
import org.apache.kafka.streams.processor.api.FixedKeyRecord;
import org.apache.kafka.streams.state.KeyValueStore;

/** Applies predictions and labels to the state of their image, and collects the changes in the pending counts. */
final class ScoreProcessor implements FixedKeyProcessor<byte[], byte[], Scoring> {
    private static final Scoring COUNTED = new Scoring.Counted();

    private final String imagesStore;
    private final String pendingStore;
    private final String labelsTopic;
    private final TimeBuckets buckets;
    private final long unmatchedRetentionMillis;
    private final Decoder<Prediction> predictions;
    private final Decoder<DigitLabel> labels;

    private FixedKeyProcessorContext<byte[], Scoring> context;
    private KeyValueStore<byte[], byte[]> images;
    private PendingCounts counts;

    // Kafka Streams calls init before anything else.
    @SuppressWarnings("NullAway.Init")
    ScoreProcessor(
            String imagesStore,
            String pendingStore,
            String labelsTopic,
            ScoreSettings settings,
            Decoder<Prediction> predictions,
            Decoder<DigitLabel> labels) {
        this.imagesStore = imagesStore;
        this.pendingStore = pendingStore;
        this.labelsTopic = labelsTopic;
        this.buckets = TimeBuckets.of(settings);
        this.unmatchedRetentionMillis = settings.unmatchedRetention().toMillis();
        this.predictions = predictions;
        this.labels = labels;
    }

    @Override
    public void init(FixedKeyProcessorContext<byte[], Scoring> context) {
        this.context = context;
        this.images = context.getStateStore(imagesStore);
        TaskMemory<PendingCounts> memory = context.getStateStore(pendingStore);
        this.counts = memory.value();
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
        Optional<String> fault = idFault(record.key(), label.getImageId()).or(() -> RecordFaults.of(label));
        if (fault.isPresent()) {
            reject(record, source, DeadLetterReason.INVALID, fault.get());
            return;
        }
        ImageState.Label next =
                new ImageState.Label(label.getLabel(), label.getLabelledAt().toEpochMilli());
        update(record, (state, now) -> state.labelled(next, now, counts));
    }

    private void prediction(FixedKeyRecord<byte[], byte[]> record, SourcePosition source) {
        Decoded<Prediction> decoded = predictions.decode(record.headers(), record.value());
        if (decoded instanceof Decoded.Malformed<Prediction> malformed) {
            reject(record, source, DeadLetterReason.UNDECODABLE, malformed.reason());
            return;
        }
        Prediction prediction = ((Decoded.Value<Prediction>) decoded).value();
        Optional<String> fault = idFault(record.key(), prediction.getImageId()).or(() -> RecordFaults.of(prediction));
        if (fault.isPresent()) {
            reject(record, source, DeadLetterReason.INVALID, fault.get());
            return;
        }
        ModelVersion model = new ModelVersion(prediction.getModelName(), prediction.getModelVersion());
        long eventTime = prediction.getEventTime().toEpochMilli();
        update(
                record,
                (state, now) -> state.predicted(
                        new ImageState.Predicted(
                                model,
                                prediction.getLabel(),
                                prediction.getConfidence(),
                                eventTime,
                                buckets.bucketOf(eventTime, now)),
                        now,
                        counts));
    }

    private void update(FixedKeyRecord<byte[], byte[]> record, Event event) {
        boolean first = counts.isEmpty();
        long now = context.currentSystemTimeMs();
        ImageState before = state(record.key(), now);
        ImageState after = event.applyTo(before, now);
        if (!after.equals(before)) {
            images.put(record.key(), after.toBytes());
        }
        // Change the counts before forwarding the marker: a full barrier lets it through at once.
        if (first) {
            context.forward(record.withValue(COUNTED));
        }
    }

    /** The state of an image. An expired state is counted as expired and replaced by an empty one. */
    private ImageState state(byte[] imageId, long now) {
        byte[] bytes = images.get(imageId);
        if (bytes == null) {
            return ImageState.unknown();
        }
        ImageState state = ImageState.fromBytes(bytes);
        if (state.isExpired(now, unmatchedRetentionMillis)) {
            state.expire(counts);
            return ImageState.unknown();
        }
        return state;
    }

    private void reject(
            FixedKeyRecord<byte[], byte[]> record, SourcePosition source, DeadLetterReason reason, String message) {
        context.forward(record.withValue(new Scoring.Rejected(DeadLetter.of(record, source, reason, message))));
    }

    private static Optional<String> idFault(byte[] key, String imageId) {
        return imageId.equals(new String(key, UTF_8))
                ? Optional.empty()
                : Optional.of("the record's key is not the image id '" + imageId + "' in UTF-8");
    }

    private interface Event {
        ImageState applyTo(ImageState state, long nowMillis);
    }
}
