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
 * Writes Avro in the Confluent wire format, under the subject {@code <topic>-value}. Asks the registry once a topic; later
 * calls throw nothing but what Avro throws at a value with missing fields. Safe for use by several threads.
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
    // Kafka's interface allows null both ways: a null value is a tombstone.
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
            throw new UncheckedIOException("memory does not fail", e);
        }
    }

    private byte[] header(String topic) {
        return WireFormat.header(
                registry.idOf(subject(topic), SpecificData.get().getSchema(type)));
    }

    /** The subject that a topic's values are registered under. */
    public static String subject(String topic) {
        return topic + "-value";
    }
}
