package digitstream.streams;

import org.apache.kafka.clients.consumer.ConsumerRecord;

/** The topic, partition and offset that a record was consumed from. */
public record SourcePosition(String topic, int partition, long offset) {

    /** The position of a consumed record. */
    public static SourcePosition of(ConsumerRecord<?, ?> record) {
        return new SourcePosition(record.topic(), record.partition(), record.offset());
    }
}
