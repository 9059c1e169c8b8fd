package digitstream.streams;

import java.util.function.Function;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.processor.api.Record;

/** Converts rejected records to records for the dead-letter topic, and counts them. */
public final class DeadLettering<V> implements Processor<byte[], V, byte[], byte[]> {
    private final Function<V, DeadLetter> toDeadLetter;
    private final DeadLetterMetrics metrics;
    private final int maxBytes;
    private ProcessorContext<byte[], byte[]> context;

    // Kafka Streams calls init before anything else.
    @SuppressWarnings("NullAway.Init")
    private DeadLettering(Function<V, DeadLetter> toDeadLetter, DeadLetterMetrics metrics, int maxBytes) {
        this.toDeadLetter = toDeadLetter;
        this.metrics = metrics;
        this.maxBytes = maxBytes;
    }

    /**
     * Supplies the processor.
     *
     * @param toDeadLetter extracts the dead letter from the topology's message
     * @param maxBytes the size of a dead letter at most; larger ones are truncated
     */
    public static <V> ProcessorSupplier<byte[], V, byte[], byte[]> supplier(
            Function<V, DeadLetter> toDeadLetter, DeadLetterMetrics metrics, int maxBytes) {
        return () -> new DeadLettering<>(toDeadLetter, metrics, maxBytes);
    }

    @Override
    public void init(ProcessorContext<byte[], byte[]> context) {
        this.context = context;
    }

    @Override
    public void process(Record<byte[], V> rejected) {
        DeadLetter deadLetter = toDeadLetter.apply(rejected.value());
        metrics.count(deadLetter.reason());
        context.forward(DeadLetters.toRecord(deadLetter, maxBytes));
    }
}
