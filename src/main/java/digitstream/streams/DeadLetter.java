package digitstream.streams;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * A record that cannot be processed, to be sent to the dead-letter topic. Each topology wraps it in its own message type.
 *
 * @param key the original key, byte for byte
 * @param value the original value, byte for byte
 * @param headers the original headers
 * @param timestamp the original timestamp, in milliseconds
 * @param message what is wrong with the record, in one line
 */
public record DeadLetter(
        byte @Nullable [] key,
        byte @Nullable [] value,
        Headers headers,
        long timestamp,
        SourcePosition source,
        DeadLetterReason reason,
        String message) {

    /**
     * The dead letter of a consumed record.
     *
     * @param timestamp the record's timestamp if a broker would take it
     */
    public static DeadLetter of(
            ConsumerRecord<byte[], byte[]> record, long timestamp, DeadLetterReason reason, String message) {
        return new DeadLetter(
                record.key(), record.value(), record.headers(), timestamp, SourcePosition.of(record), reason, message);
    }
}
