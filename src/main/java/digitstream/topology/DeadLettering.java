package digitstream.topology;

import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.processor.api.Record;

/** Turns what was refused into {@link DeadLetters}: a step from a refusal to the letter that tells of it. */
final class DeadLettering<V> implements Processor<byte[], V, byte[], byte[]> {
    private final LetterWriter<V> writer;
    private ProcessorContext<byte[], byte[]> context;

    // Kafka Streams calls init before anything else.
    @SuppressWarnings("NullAway.Init")
    private DeadLettering(LetterWriter<V> writer) {
        this.writer = writer;
    }

    /** Dead letters of records that are no images, predictions or labels; every value must be a {@link Rejected}. */
    static <V> ProcessorSupplier<byte[], V, byte[], byte[]> ofRejected(DeadLetterMetrics metrics) {
        return () -> new DeadLettering<>(record -> {
            Rejected rejected = (Rejected) record.value();
            metrics.count(rejected.reason());
            return DeadLetters.letter(
                    record.key(),
                    rejected.value(),
                    record.headers(),
                    record.timestamp(),
                    rejected.source(),
                    rejected.reason(),
                    rejected.message());
        });
    }

    /** Dead letters of images that the model fails on. */
    static ProcessorSupplier<byte[], Answer, byte[], byte[]> ofUnclassifiable(DeadLetterMetrics metrics) {
        return () -> new DeadLettering<>(record -> {
            PendingImage image = record.value().image();
            metrics.count(DeadLetterReason.UNCLASSIFIABLE);
            return DeadLetters.letter(
                    image.key(),
                    image.value(),
                    image.headers(),
                    image.timestamp(),
                    image.source(),
                    DeadLetterReason.UNCLASSIFIABLE,
                    ((Classified.Unclassifiable) record.value().classified()).message());
        });
    }

    @Override
    public void init(ProcessorContext<byte[], byte[]> context) {
        this.context = context;
    }

    @Override
    public void process(Record<byte[], V> refused) {
        context.forward(writer.letter(refused));
    }

    private interface LetterWriter<V> {
        Record<byte[], byte[]> letter(Record<byte[], V> refused);
    }
}
