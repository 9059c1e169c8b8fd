package digitstream.streams;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.streams.processor.api.ProcessingContext;
import org.apache.kafka.streams.processor.api.RecordMetadata;

/** The topic, partition and offset that a record was consumed from. */
public record SourcePosition(String topic, int partition, long offset) {

    /** The position of a consumed record. */
    public static SourcePosition of(ConsumerRecord<?, ?> record) {
        return new SourcePosition(record.topic(), record.partition(), record.offset());
    }

    /**
     * The position of the record being processed.
     *
     * @throws IllegalStateException outside of {@code process}, for example in a punctuator
     */
    public static SourcePosition of(ProcessingContext context) {
        RecordMetadata metadata = context.recordMetadata()
                .orElseThrow(() -> new IllegalStateException("only a consumed record has a source position"));
        return new SourcePosition(metadata.topic(), metadata.partition(), metadata.offset());
    }
}
