package digitstream.streams;

import static java.nio.charset.StandardCharsets.UTF_8;

import digitstream.serde.WriterSchemaId;
import java.util.Optional;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;

/** The headers that a topology copies from its input to its results. */
public final class ForwardedHeaders {
    /** Far more than tracing needs, and far less than a producer's {@code max.request.size}. */
    private static final int MAX_BYTES = 100_000;

    private ForwardedHeaders() {}

    /**
     * Copies headers, without those that are about the record itself: the schema ids of its key and value, which would be wrong
     * for the result, and the headers of a dead letter.
     */
    public static Headers of(Headers headers) {
        RecordHeaders forwarded = new RecordHeaders();
        for (Header header : headers) {
            if (isForwarded(header.key())) {
                forwarded.add(header);
            }
        }
        return forwarded;
    }

    /** Why the headers cannot be forwarded, in one line, or empty if they can. */
    public static Optional<String> fault(Headers headers) {
        long bytes = 0;
        for (Header header : headers) {
            bytes += isForwarded(header.key()) ? size(header) : 0;
        }
        return bytes <= MAX_BYTES
                ? Optional.empty()
                : Optional.of(
                        "the headers have " + bytes + " bytes; at most " + MAX_BYTES + " are copied to the prediction");
    }

    private static boolean isForwarded(String name) {
        return !name.equals(WriterSchemaId.HEADER)
                && !name.equals(WriterSchemaId.KEY_HEADER)
                && !DeadLetters.isOurs(name);
    }

    /** The bytes of a header in a record, rounded up. */
    static int size(Header header) {
        int value = header.value() == null ? 0 : header.value().length;
        return header.key().getBytes(UTF_8).length + value + 10;
    }
}
