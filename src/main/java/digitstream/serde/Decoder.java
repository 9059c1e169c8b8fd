package digitstream.serde;

import org.jspecify.annotations.Nullable;

/** Reads a record's value. Used by one thread at a time. */
@FunctionalInterface
public interface Decoder<T> {

    /**
     * Reads the bytes of one record's value. What is wrong with the bytes is an answer; only what is wrong with the
     * world is an exception, so that a registry that is away never sends good records to the dead letters.
     *
     * @param bytes the value as it stands in the topic; null for a tombstone, which is malformed
     * @throws RegistryUnavailableException when the schema registry does not answer; the record may be tried again
     */
    Decoded<T> decode(byte @Nullable [] bytes);
}
