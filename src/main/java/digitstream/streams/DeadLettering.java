package digitstream.streams;

import java.util.function.Function;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.processor.api.Record;

/** Turns a topology's rejections into records for the dead-letter topic, and counts them. */
public final class DeadLettering<V> implements Processor<byte[], V, byte[], byte[]> {
    private final Function<V, DeadLetter> letterOf;
    private final DeadLetterMetrics metrics;
    private ProcessorContext<byte[], byte[]> context;

    // Kafka Streams calls init before anything else.
    @SuppressWarnings("NullAway.Init")
    private DeadLettering(Function<V, DeadLetter> letterOf, DeadLetterMetrics metrics) {
        this.letterOf = letterOf;
        this.metrics = metrics;
    }

    /**
     * Supplies the processor.
     *
     * @param letterOf takes the dead letter out of the topology's message
     */
    public static <V> ProcessorSupplier<byte[], V, byte[], byte[]> supplier(
            Function<V, DeadLetter> letterOf, DeadLetterMetrics metrics) {
        return () -> new DeadLettering<>(letterOf, metrics);
    }

    @Override
    public void init(ProcessorContext<byte[], byte[]> context) {
        this.context = context;
    }

    @Override
    public void process(Record<byte[], V> rejected) {
        DeadLetter letter = letterOf.apply(rejected.value());
        metrics.count(letter.reason());
        context.forward(DeadLetters.toRecord(letter));
    }
}
