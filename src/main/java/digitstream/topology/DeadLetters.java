package digitstream.topology;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/**
 * Dead letters: the original record, byte for byte, with headers that say where it stood and why it is here. The names
 * are those of Kafka Streams' own dead letters (KIP-1034), whose built-in handlers cannot serve here: they would also
 * dead-letter good records while the schema registry is away, and blame a batch's failure on the record that closed it.
 */
public final class DeadLetters {
    public static final String MESSAGE = "__streams.errors.message";
    public static final String TOPIC = "__streams.errors.topic";
    public static final String PARTITION = "__streams.errors.partition";
    public static final String OFFSET = "__streams.errors.offset";
    /** {@link DeadLetterReason#code()}; ours, beside Kafka's. */
    public static final String REASON = "digitstream.reason";

    private DeadLetters() {}

    /** Where a record stood. */
    public record Source(String topic, int partition, long offset) {}

    /**
     * Makes a dead letter of a record.
     *
     * @param headers the original headers, which are copied
     * @param message one line for people
     * @param timestamp the original record's, in milliseconds
     */
    public static Record<byte @Nullable [], byte @Nullable []> letter(
            byte @Nullable [] key,
            byte @Nullable [] value,
            Headers headers,
            long timestamp,
            Source source,
            DeadLetterReason reason,
            String message) {
        Headers all = new RecordHeaders(headers);
        add(all, MESSAGE, message);
        add(all, TOPIC, source.topic());
        add(all, PARTITION, Integer.toString(source.partition()));
        add(all, OFFSET, Long.toString(source.offset()));
        add(all, REASON, reason.code());
        return new Record<>(key, value, timestamp, all);
    }

    private static void add(Headers headers, String name, String value) {
        headers.add(name, value.getBytes(UTF_8));
    }
}
