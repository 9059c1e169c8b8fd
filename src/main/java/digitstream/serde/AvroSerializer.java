package digitstream.serde;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DatumWriter;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;

/**
 * Encodes Avro in the Confluent wire format, under the subject {@code <topic>-value}. Calls the registry once per topic;
 * later calls throw only what Avro throws for a value with missing fields. Thread-safe.
 */
public final class AvroSerializer<T extends SpecificRecord> implements Serializer<T> {
    static {
        AvroLimits.apply();
    }

    private final SchemaRegistry registry;
    private final Map<String, byte[]> headers = new HashMap<>();
    private final DatumWriter<T> writer;
    private final Class<T> type;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream(1024);
    private @Nullable BinaryEncoder encoder;

    public AvroSerializer(SchemaRegistry registry, Class<T> type) {
        this.registry = registry;
        this.type = type;
        this.writer = new SpecificDatumWriter<>(type);
    }

    @Override
    // Kafka's interface allows null for a tombstone, both as argument and as result.
    @SuppressWarnings("NullAway")
    public synchronized byte @Nullable [] serialize(String topic, @Nullable T value) {
        if (value == null) {
            return null;
        }
        byte[] header = headers.computeIfAbsent(topic, this::header);
        try {
            out.reset();
            out.write(header);
            encoder = EncoderFactory.get().binaryEncoder(out, encoder);
            writer.write(value, encoder);
            encoder.flush();
            return out.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
    }

    /**
     * Registers the schema for a topic, or looks it up. Later calls of {@link #serialize} for this topic need no registry.
     *
     * @return the bytes before each value: the magic byte and the schema id
     * @throws RegistryUnavailableException if the registry is away or rejects the schema
     */
    public synchronized byte[] register(String topic) {
        return headers.computeIfAbsent(topic, this::header).clone();
    }

    private byte[] header(String topic) {
        return WireFormat.header(
                registry.idOf(subject(topic), SpecificData.get().getSchema(type)));
    }

    /** The subject of a topic's values. */
    public static String subject(String topic) {
        return topic + "-value";
    }
}
