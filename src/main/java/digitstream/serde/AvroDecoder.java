package digitstream.serde;

import digitstream.common.Excerpt;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaNormalization;
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

    /** The id of our own schema that was read last, or 0, which is no id. */
    private int plainId;

    /** Readers by writer's schema, at most {@value #MAX_READERS}: there can be as many schemas as somebody registers. */
    private final Map<WriterSchemaId, Reader<T>> readers = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<WriterSchemaId, Reader<T>> eldest) {
            return size() > MAX_READERS;
        }
    };

    /**
     * Reads values of one schema.
     *
     * @param fault what makes some values of the schema unreadable, or an empty string
     */
    private record Reader<T>(DatumReader<T> values, String fault) {}

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
        Reader<T> reader = readers.get(at.id());
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

    @Override
    public int plainOffset(Headers headers, byte[] bytes) {
        return bytes.length > WireFormat.HEADER_BYTES
                        && bytes[0] == WireFormat.MAGIC
                        && plainId != 0
                        && WireFormat.schemaId(bytes) == plainId
                        && headers.lastHeader(WriterSchemaId.HEADER) == null
                ? WireFormat.HEADER_BYTES
                : -1;
    }

    /** Remembers the id of a schema that writes the same bytes as ours. */
    private void rememberPlain(WriterSchemaId id, Schema written) {
        if (id instanceof WriterSchemaId.Numeric numeric
                && SchemaNormalization.toParsingForm(written).equals(SchemaNormalization.toParsingForm(schema))) {
            plainId = numeric.id();
        }
    }

    private Decoded<T> readFirst(Schema written, WriterSchemaId.At at, byte[] bytes) {
        Reader<T> reader;
        try {
            if (!hasOurName(written)) {
                return malformed(named(at, written) + ": the names differ");
            }
            Optional<String> tooLarge = SchemaSize.fault(written);
            if (tooLarge.isPresent()) {
                return malformed(named(at, written) + ": " + tooLarge.get());
            }
            reader = new Reader<>(
                    new SpecificDatumReader<>(written, schema, SpecificData.get()),
                    incompatibility(written)
                            .map(fault -> named(at, written) + ": " + Excerpt.of(fault))
                            .orElse(""));
        } catch (RuntimeException | StackOverflowError e) {
            return malformed(named(at, written) + ": " + Excerpt.of(e.toString()));
        }
        readers.put(at.id(), reader);
        rememberPlain(at.id(), written);
        return read(reader, at, bytes);
    }

    private String named(WriterSchemaId.At at, Schema written) {
        return at.id() + " (" + Excerpt.of(written.getFullName()) + ") cannot be read as " + schema.getFullName();
    }

    private Decoded<T> read(Reader<T> reader, WriterSchemaId.At at, byte[] bytes) {
        try {
            BinaryDecoder in =
                    DecoderFactory.get().binaryDecoder(bytes, at.offset(), bytes.length - at.offset(), decoder);
            decoder = in;
            T value = reader.values().read(null, in);
            if (!in.isEnd()) {
                return malformed("there are extra bytes after the value of " + at.id());
            }
            return new Decoded.Value<>(value);
        } catch (StackOverflowError e) {
            return malformed("the value of " + at.id() + " is nested too deeply");
        } catch (IOException | RuntimeException e) {
            // Avro throws whatever its parts throw for bytes that do not match the schema: for an end of file, lengths
            // out
            // of bounds, unions without such a branch, enums, nested values, and classes that a schema may not name.
            return malformed(
                    reader.fault().isEmpty()
                            ? "the bytes do not match " + at.id() + ": " + Excerpt.of(e.toString())
                            : reader.fault());
        }
    }

    /** Whether a schema, or a branch of a union, has the name of ours. The namespace does not matter. */
    private boolean hasOurName(Schema written) {
        return written.getType() == Schema.Type.UNION
                ? written.getTypes().stream().anyMatch(this::hasOurName)
                : written.getType() == Schema.Type.RECORD && written.getName().equals(schema.getName());
    }

    /**
     * What makes some values of the schema unreadable. Others may be readable: where the writer has a union, Avro resolves the
     * branch that the value has.
     */
    private Optional<String> incompatibility(Schema written) {
        return SchemaCompatibility.checkReaderWriterCompatibility(schema, written)
                .getResult()
                .getIncompatibilities()
                .stream()
                .findFirst()
                .map(first -> first.getType() + " at " + first.getLocation() + ", " + first.getMessage());
    }

    private Decoded<T> malformed(String reason) {
        return new Decoded.Malformed<>(reason);
    }
}
