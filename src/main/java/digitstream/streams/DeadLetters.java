package digitstream.streams;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/**
 * The format of a record in the dead-letter topic: the original record, byte for byte, with headers that name its source and
 * the reason. The header names are those of Kafka Streams' own dead letters (KIP-1034). Its built-in handlers are not used:
 * they would also dead-letter valid records while the schema registry is unavailable, and attribute a batch's failure to
 * the record that closed the batch.
 *
 * <p>A record that was small in its compressed batch can be too large to be produced again. It is truncated, and its headers say
 * so.
 */
public final class DeadLetters {
    public static final String MESSAGE = "__streams.errors.message";
    public static final String TOPIC = "__streams.errors.topic";
    public static final String PARTITION = "__streams.errors.partition";
    public static final String OFFSET = "__streams.errors.offset";
    /** {@link DeadLetterReason#code()}; not one of Kafka's headers. */
    public static final String REASON = "digitstream.reason";

    /** {@code true} if the key, the value or the headers were cut to fit; absent otherwise. */
    public static final String TRUNCATED = "digitstream.truncated";

    /** The size of the original key in bytes, if the dead letter is truncated. */
    public static final String KEY_BYTES = "digitstream.original.key.bytes";

    /** The size of the original value in bytes, if the dead letter is truncated. */
    public static final String VALUE_BYTES = "digitstream.original.value.bytes";

    /** The number of the original headers, if the dead letter is truncated. */
    public static final String HEADERS = "digitstream.original.headers";

    private static final String STREAMS_PREFIX = "__streams.errors.";
    private static final String PREFIX = "digitstream.";

    /** What our own headers and the record's own format need at most. */
    private static final int OVERHEAD = 4_096;

    private DeadLetters() {}

    /** Whether a header is one of a dead letter. A dead letter that was produced again as it is has them. */
    static boolean isOurs(String name) {
        return name.startsWith(STREAMS_PREFIX) || name.startsWith(PREFIX);
    }

    /**
     * Builds the record for the dead-letter topic. The original headers are copied, not modified; those of an earlier dead
     * letter are replaced.
     *
     * @param maxBytes the size of the record at most, at least 10,000. Of a larger one, the key and the headers keep at most a
     *     quarter each, and the value keeps what is left.
     */
    public static Record<byte @Nullable [], byte @Nullable []> toRecord(DeadLetter deadLetter, int maxBytes) {
        int room = maxBytes - OVERHEAD;
        int keyBytes = length(deadLetter.key());
        int valueBytes = length(deadLetter.value());
        boolean fits = (long) keyBytes + valueBytes + size(deadLetter.headers()) <= room;
        byte[] key = fits ? deadLetter.key() : cut(deadLetter.key(), room / 4);
        Headers headers = headers(deadLetter.headers(), fits ? room : room / 4);
        byte[] value = fits ? deadLetter.value() : cut(deadLetter.value(), room - length(key) - size(headers));
        add(headers, MESSAGE, deadLetter.message());
        add(headers, TOPIC, deadLetter.source().topic());
        add(headers, PARTITION, Integer.toString(deadLetter.source().partition()));
        add(headers, OFFSET, Long.toString(deadLetter.source().offset()));
        add(headers, REASON, deadLetter.reason().code());
        if (!fits) {
            add(headers, TRUNCATED, "true");
            add(headers, KEY_BYTES, Integer.toString(keyBytes));
            add(headers, VALUE_BYTES, Integer.toString(valueBytes));
            add(headers, HEADERS, Integer.toString(deadLetter.headers().toArray().length));
        }
        return new Record<>(key, value, deadLetter.timestamp(), headers);
    }

    /** The first of the original headers that have this many bytes together. */
    private static Headers headers(Headers original, int maxBytes) {
        RecordHeaders headers = new RecordHeaders();
        int room = maxBytes;
        for (Header header : original) {
            room -= ForwardedHeaders.size(header);
            if (room >= 0 && !isOurs(header.key())) {
                headers.add(header);
            }
        }
        return headers;
    }

    private static int size(Headers headers) {
        int bytes = 0;
        for (Header header : headers) {
            bytes += ForwardedHeaders.size(header);
        }
        return bytes;
    }

    private static byte @Nullable [] cut(byte @Nullable [] bytes, int maxBytes) {
        return bytes == null || bytes.length <= maxBytes ? bytes : Arrays.copyOf(bytes, maxBytes);
    }

    private static int length(byte @Nullable [] bytes) {
        return bytes == null ? 0 : bytes.length;
    }

    private static void add(Headers headers, String name, String value) {
        headers.add(name, value.getBytes(UTF_8));
    }
}
