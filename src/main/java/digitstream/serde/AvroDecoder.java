package digitstream.serde;

import digitstream.common.Excerpt;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityType;
import org.apache.avro.SchemaCompatibility.SchemaPairCompatibility;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DatumReader;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/** Decodes Avro in the Confluent wire format, resolving the writer's schema to ours. Not thread-safe. */
public final class AvroDecoder<T extends SpecificRecord> implements Decoder<T> {
    private static final int MAX_READERS = 100;

    static {
        AvroLimits.apply();
    }

    private final WriterSchemas schemas;
    private final Schema schema;
    private @Nullable BinaryDecoder decoder;

    /** Readers by writer's schema, at most {@value #MAX_READERS}: there can be as many schemas as somebody registers. */
    private final Map<WriterSchemaId, DatumReader<T>> readers = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<WriterSchemaId, DatumReader<T>> eldest) {
            return size() > MAX_READERS;
        }
    };

    /** Decodes records of this generated class. */
    public AvroDecoder(WriterSchemas schemas, Class<T> type) {
        this.schemas = schemas;
        this.schema = SpecificData.get().getSchema(type);
    }

    @Override
    public Decoded<T> decode(Headers headers, byte @Nullable [] bytes) {
        WriterSchemaId.Location location = WriterSchemaId.locate(headers, bytes);
        if (bytes == null || location instanceof WriterSchemaId.Missing) {
            return malformed(((WriterSchemaId.Missing) location).reason());
        }
        WriterSchemaId.At at = (WriterSchemaId.At) location;
        DatumReader<T> reader = readers.get(at.id());
        if (reader != null) {
            return read(reader, at, bytes);
        }
        WriterSchema answer = schemas.get(at.id());
        if (answer instanceof WriterSchema.Known known) {
            return readFirst(known.schema(), at, bytes);
        }
        return malformed(
                answer instanceof WriterSchema.Unusable unusable
                        ? unusable.reason()
                        : ((WriterSchema.Unknown) answer).reason());
    }

    private Decoded<T> readFirst(Schema written, WriterSchemaId.At at, byte[] bytes) {
        try {
            String fault = fault(written);
            if (!fault.isEmpty()) {
                return malformed(at.id() + " (" + Excerpt.of(written.getFullName()) + ") cannot be read as "
                        + schema.getFullName() + ": " + Excerpt.of(fault));
            }
            DatumReader<T> reader = new SpecificDatumReader<>(written, schema, SpecificData.get());
            readers.put(at.id(), reader);
            return read(reader, at, bytes);
        } catch (RuntimeException | StackOverflowError e) {
            return malformed(at.id() + " cannot be read as " + schema.getFullName() + ": " + Excerpt.of(e.toString()));
        }
    }

    private Decoded<T> read(DatumReader<T> reader, WriterSchemaId.At at, byte[] bytes) {
        try {
            BinaryDecoder in =
                    DecoderFactory.get().binaryDecoder(bytes, at.offset(), bytes.length - at.offset(), decoder);
            decoder = in;
            T value = reader.read(null, in);
            if (!in.isEnd()) {
                return malformed("there are extra bytes after the value of " + at.id());
            }
            return new Decoded.Value<>(value);
        } catch (IOException | RuntimeException | StackOverflowError e) {
            // Avro throws whatever its parts throw for bytes that do not match the schema: for an end of file, lengths
            // out
            // of bounds, unions without such a branch, enums, nested values, and classes that a schema may not name.
            return malformed("the bytes do not match " + at.id() + ": " + Excerpt.of(e.toString()));
        }
    }

    /** What makes the writer's schema unreadable, or an empty string. */
    private String fault(Schema written) {
        if (written.getType() == Schema.Type.UNION) {
            // A reader of one type reads those values of the union that have this type.
            for (Schema branch : written.getTypes()) {
                if (fault(branch).isEmpty()) {
                    return "";
                }
            }
        }
        SchemaPairCompatibility compatibility = SchemaCompatibility.checkReaderWriterCompatibility(schema, written);
        if (compatibility.getType() == SchemaCompatibilityType.COMPATIBLE) {
            return "";
        }
        return compatibility.getResult().getIncompatibilities().stream()
                .findFirst()
                .map(first -> first.getType() + " at " + first.getLocation() + ", " + first.getMessage())
                .orElse("the schemas are incompatible");
    }

    private Decoded<T> malformed(String reason) {
        return new Decoded.Malformed<>(reason);
    }
}
