package digitstream.serde;

import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/** Decodes record values. Not thread-safe. */
@FunctionalInterface
public interface Decoder<T> {

    /**
     * Decodes one record value. Malformed bytes are a result, not an exception. Only an unavailable registry is an exception,
     * so that it never sends valid records to the dead-letter topic.
     *
     * @param headers the record's headers, which may hold the schema id
     * @param bytes the record's value; null, a tombstone, is malformed
     * @throws RegistryUnavailableException if the schema registry is unavailable; the record can be decoded later
     */
    Decoded<T> decode(Headers headers, byte @Nullable [] bytes);

    /**
     * Where the bytes of a value start that is known to be written in our own schema, so that its fields can be read one after the
     * other. Negative if it is not, or not known yet; then only {@link #decode} can read the value.
     */
    default int plainOffset(Headers headers, byte[] bytes) {
        return -1;
    }
}
