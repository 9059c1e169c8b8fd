package digitstream.serde;

import org.jspecify.annotations.Nullable;

/** Decodes record values. Not thread-safe. */
@FunctionalInterface
public interface Decoder<T> {

    /**
     * Decodes one record value. Malformed bytes are a result, not an exception. Only an unavailable registry is an exception,
     * so that it never sends valid records to the dead-letter topic.
     *
     * @param bytes the record value; null, a tombstone, is malformed
     * @throws RegistryUnavailableException if the schema registry is unavailable; the record can be decoded later
     */
    Decoded<T> decode(byte @Nullable [] bytes);
}
