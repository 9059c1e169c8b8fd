package digitstream.serde;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityType;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DatumReader;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/** Decodes Avro in the Confluent wire format, resolving the writer's schema to ours. Not thread-safe. */
public final class AvroDecoder<T extends SpecificRecord> implements Decoder<T> {
    static {
        AvroLimits.apply();
    }

    private final SchemaRegistry registry;
    private final Schema schema;
    private final Map<Integer, DatumReader<T>> readers = new HashMap<>();
    private @Nullable BinaryDecoder decoder;

    /** Decodes records of this generated class. Each writer schema is fetched from the registry once. */
    public AvroDecoder(SchemaRegistry registry, Class<T> type) {
        this.registry = registry;
        this.schema = SpecificData.get().getSchema(type);
    }

    @Override
    public Decoded<T> decode(byte @Nullable [] bytes) {
        if (bytes == null) {
            return malformed("the value is null");
        }
        if (bytes.length < WireFormat.HEADER_BYTES) {
            return malformed("the value has " + bytes.length + " bytes, too few for the magic byte and the schema id");
        }
        if (bytes[0] != WireFormat.MAGIC) {
            return malformed("the first byte is " + (bytes[0] & 0xff) + ", not the magic byte 0");
        }
        int id = WireFormat.schemaId(bytes);
        DatumReader<T> reader = readers.get(id);
        if (reader == null) {
            Optional<Schema> writer = registry.schemaOf(id);
            if (writer.isEmpty()) {
                return malformed("the registry has no Avro schema with id " + id);
            }
            Schema written = writer.get();
            if (!canRead(written)) {
                return malformed("schema id " + id + " is " + written.getFullName() + ", which cannot be read as "
                        + schema.getFullName());
            }
            reader = new SpecificDatumReader<>(written, schema, SpecificData.get());
            readers.put(id, reader);
        }
        return read(reader, id, bytes);
    }

    private Decoded<T> read(DatumReader<T> reader, int id, byte[] bytes) {
        try {
            BinaryDecoder in = DecoderFactory.get()
                    .binaryDecoder(bytes, WireFormat.HEADER_BYTES, bytes.length - WireFormat.HEADER_BYTES, decoder);
            decoder = in;
            T value = reader.read(null, in);
            if (!in.isEnd()) {
                return malformed("there are extra bytes after the value of schema id " + id);
            }
            return new Decoded.Value<>(value);
        } catch (IOException
                | AvroRuntimeException
                | UnsupportedOperationException
                | IndexOutOfBoundsException
                | SecurityException e) {
            // Avro throws these for bytes that do not match the schema (end of file, lengths out of bounds, bad
            // unions), and for a schema that names a Java class that is not allowed.
            return malformed("the bytes do not match schema id " + id + ": " + e);
        }
    }

    private boolean canRead(Schema written) {
        return SchemaCompatibility.checkReaderWriterCompatibility(schema, written)
                        .getType()
                == SchemaCompatibilityType.COMPATIBLE;
    }

    private Decoded<T> malformed(String reason) {
        return new Decoded.Malformed<>(reason);
    }
}
