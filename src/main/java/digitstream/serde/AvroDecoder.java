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

/** Reads Avro in the Confluent wire format, resolving the writer's schema to ours. Used by one thread at a time. */
public final class AvroDecoder<T extends SpecificRecord> implements Decoder<T> {
    static {
        AvroLimits.apply();
    }

    private final SchemaRegistry registry;
    private final Schema schema;
    private final Map<Integer, DatumReader<T>> readers = new HashMap<>();
    private @Nullable BinaryDecoder decoder;

    /** Reads records of this generated class; the schemas that they were written with come from the registry, once each. */
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
            return malformed(bytes.length + " bytes are too few for a magic byte and a schema id");
        }
        if (bytes[0] != WireFormat.MAGIC) {
            return malformed("the first byte is " + (bytes[0] & 0xff) + ", not the magic byte 0");
        }
        int id = WireFormat.schemaId(bytes);
        DatumReader<T> reader = readers.get(id);
        if (reader == null) {
            Optional<Schema> writer = registry.schemaOf(id);
            if (writer.isEmpty()) {
                return malformed("the registry knows no Avro schema with id " + id);
            }
            Schema written = writer.get();
            if (!canRead(written)) {
                return malformed("schema id " + id + " is " + written.getFullName() + ", which can't be read as "
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
                return malformed("bytes are left over behind the value of schema id " + id);
            }
            return new Decoded.Value<>(value);
        } catch (IOException
                | AvroRuntimeException
                | UnsupportedOperationException
                | IndexOutOfBoundsException
                | SecurityException e) {
            // What Avro throws at bytes that do not follow the schema: end of file, lengths out of bounds, bad unions;
            // and
            // at a schema that names a Java class to be made which is not ours.
            return malformed("the bytes do not follow schema id " + id + ": " + e);
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
