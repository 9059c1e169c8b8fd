package digitstream.classify;

import digitstream.avro.DigitImage;
import digitstream.serde.Decoded;
import digitstream.serde.Decoder;
import digitstream.streams.CommitBarrier;
import digitstream.streams.DeadLetter;
import digitstream.streams.DeadLetterReason;
import digitstream.streams.ForwardedHeaders;
import digitstream.streams.SourcePosition;
import digitstream.streams.TaskMemory;
import java.time.Clock;
import java.util.Optional;
import org.apache.kafka.streams.processor.api.FixedKeyProcessor;
import org.apache.kafka.streams.processor.api.FixedKeyProcessorContext;
import org.apache.kafka.streams.processor.api.FixedKeyRecord;

/**
 * Decodes and validates each image and adds it to its task's {@link PendingBatch}. It is a fixed-key processor because Kafka
 * Streams inserts a repartition topic after a processor that may change keys, which would defeat the {@link CommitBarrier}.
 */
final class BatchingProcessor implements FixedKeyProcessor<byte[], byte[], Batching> {
    private static final Batching OPENED = new Batching.Opened();
    private static final Batching FULL = new Batching.Full();

    private final String storeName;
    private final Decoder<DigitImage> decoder;
    private final ImageCheck check;
    private final int batchMaxSize;
    private final Clock clock;

    private FixedKeyProcessorContext<byte[], Batching> context;
    private PendingBatch batch;

    // Kafka Streams calls init before anything else.
    @SuppressWarnings("NullAway.Init")
    BatchingProcessor(String storeName, Decoder<DigitImage> decoder, ImageCheck check, int batchMaxSize, Clock clock) {
        this.storeName = storeName;
        this.decoder = decoder;
        this.check = check;
        this.batchMaxSize = batchMaxSize;
        this.clock = clock;
    }

    @Override
    public void init(FixedKeyProcessorContext<byte[], Batching> context) {
        this.context = context;
        TaskMemory<PendingBatch> memory = context.getStateStore(storeName);
        this.batch = memory.value();
    }

    @Override
    public void process(FixedKeyRecord<byte[], byte[]> record) {
        SourcePosition source = SourcePosition.of(context);
        if (record.key() == null) {
            reject(record, source, DeadLetterReason.NULL_KEY, "the key is null; it must be the image id");
        } else if (record.value() == null) {
            reject(record, source, DeadLetterReason.NULL_VALUE, "the value is null");
        } else {
            Decoded<DigitImage> decoded = decoder.decode(record.headers(), record.value());
            if (decoded instanceof Decoded.Value<DigitImage> image) {
                addOrReject(record, image.value(), source);
            } else {
                String reason = ((Decoded.Malformed<DigitImage>) decoded).reason();
                reject(record, source, DeadLetterReason.UNDECODABLE, reason);
            }
        }
    }

    private void addOrReject(FixedKeyRecord<byte[], byte[]> record, DigitImage image, SourcePosition source) {
        Optional<String> fault =
                check.fault(record.key(), image, clock.millis()).or(() -> ForwardedHeaders.fault(record.headers()));
        if (fault.isPresent()) {
            reject(record, source, DeadLetterReason.INVALID, fault.get());
        } else {
            add(record, image, source);
        }
    }

    private void add(FixedKeyRecord<byte[], byte[]> record, DigitImage image, SourcePosition source) {
        byte[] pixels = new byte[image.getPixels().remaining()];
        image.getPixels().get(pixels);
        boolean opens = batch.isEmpty();
        batch.add(new PendingImage(
                image,
                record.key(),
                record.value(),
                record.headers(),
                pixels,
                record.timestamp(),
                source,
                // Not the context's time: Kafka Streams reads it once for many records, and inference may happen in
                // between.
                clock.millis()));
        // Add the image before forwarding the marker: a full barrier lets the marker through at once, and the batch
        // would be empty.
        if (batch.size() >= batchMaxSize) {
            context.forward(CommitBarrier.marker(record, FULL, clock.millis()));
        } else if (opens) {
            context.forward(CommitBarrier.marker(record, OPENED, clock.millis()));
        }
    }

    private void reject(
            FixedKeyRecord<byte[], byte[]> record, SourcePosition source, DeadLetterReason reason, String message) {
        context.forward(record.withValue(new Batching.Rejected(DeadLetter.of(record, source, reason, message))));
    }
}
