package digitstream.streams;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/**
 * The format of a record in the dead-letter topic: the original record, byte for byte, with headers that name its source and
 * the reason. The header names are those of Kafka Streams' own dead letters (KIP-1034). Its built-in handlers are not used:
 * they would also dead-letter valid records while the schema registry is unavailable, and attribute a batch's failure to
 * the record that closed the batch.
 */
public final class DeadLetters {
    public static final String MESSAGE = "__streams.errors.message";
    public static final String TOPIC = "__streams.errors.topic";
    public static final String PARTITION = "__streams.errors.partition";
    public static final String OFFSET = "__streams.errors.offset";
    /** {@link DeadLetterReason#code()}; not one of Kafka's headers. */
    public static final String REASON = "digitstream.reason";

    private DeadLetters() {}

    /** Builds the record for the dead-letter topic. The original headers are copied, not modified. */
    public static Record<byte @Nullable [], byte @Nullable []> toRecord(DeadLetter deadLetter) {
        Headers headers = new RecordHeaders(deadLetter.headers());
        add(headers, MESSAGE, deadLetter.message());
        add(headers, TOPIC, deadLetter.source().topic());
        add(headers, PARTITION, Integer.toString(deadLetter.source().partition()));
        add(headers, OFFSET, Long.toString(deadLetter.source().offset()));
        add(headers, REASON, deadLetter.reason().code());
        return new Record<>(deadLetter.key(), deadLetter.value(), deadLetter.timestamp(), headers);
    }

    private static void add(Headers headers, String name, String value) {
        headers.add(name, value.getBytes(UTF_8));
    }
}
