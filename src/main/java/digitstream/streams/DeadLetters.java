package digitstream.streams;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/**
 * The format of a record in the dead-letter topic: the original record, byte for byte, with headers that name its source and
 * the reason. The names are those of Kafka Streams' own dead letters (KIP-1034). Its built-in handlers are not used: they
 * would also dead-letter good records while the schema registry is unavailable, and blame a batch's failure on the record
 * that closed the batch.
 */
public final class DeadLetters {
    public static final String MESSAGE = "__streams.errors.message";
    public static final String TOPIC = "__streams.errors.topic";
    public static final String PARTITION = "__streams.errors.partition";
    public static final String OFFSET = "__streams.errors.offset";
    /** {@link DeadLetterReason#code()}; ours, in addition to Kafka's. */
    public static final String REASON = "digitstream.reason";

    private DeadLetters() {}

    /** The record for the dead-letter topic. The original headers are copied, not changed. */
    public static Record<byte @Nullable [], byte @Nullable []> toRecord(DeadLetter letter) {
        Headers headers = new RecordHeaders(letter.headers());
        add(headers, MESSAGE, letter.message());
        add(headers, TOPIC, letter.source().topic());
        add(headers, PARTITION, Integer.toString(letter.source().partition()));
        add(headers, OFFSET, Long.toString(letter.source().offset()));
        add(headers, REASON, letter.reason().code());
        return new Record<>(letter.key(), letter.value(), letter.timestamp(), headers);
    }

    private static void add(Headers headers, String name, String value) {
        headers.add(name, value.getBytes(UTF_8));
    }
}
