package digitstream.serde;

import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;

/**
 * {@link AvroDecoder} for a plain consumer. Throws {@link SerializationException} for a malformed value. Not thread-safe.
 */
public final class AvroDeserializer<T extends SpecificRecord> implements Deserializer<T> {
    private final Decoder<T> decoder;

    public AvroDeserializer(WriterSchemas schemas, Class<T> type) {
        this.decoder = new AvroDecoder<>(schemas, type);
    }

    @Override
    // Kafka's interface allows null for a tombstone, both as argument and as result.
    @SuppressWarnings("NullAway")
    public @Nullable T deserialize(String topic, byte @Nullable [] bytes) {
        return deserialize(topic, new RecordHeaders(), bytes);
    }

    @Override
    // As above.
    @SuppressWarnings("NullAway")
    public @Nullable T deserialize(String topic, Headers headers, byte @Nullable [] bytes) {
        if (bytes == null) {
            return null;
        }
        Decoded<T> decoded = decoder.decode(headers, bytes);
        if (decoded instanceof Decoded.Value<T> value) {
            return value.value();
        }
        throw new SerializationException(
                "cannot read a record of topic " + topic + ": " + ((Decoded.Malformed<T>) decoded).reason());
    }
}
