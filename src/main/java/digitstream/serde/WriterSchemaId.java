package digitstream.serde;

import java.nio.ByteBuffer;
import java.util.UUID;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/** What a record says about the schema that its value was written with. */
public sealed interface WriterSchemaId {
    /** The header in which Confluent's clients from 8.0 on can put the schema id of the value. */
    String HEADER = "__value_schema_id";

    /** The counterpart of {@link #HEADER} for the key. */
    String KEY_HEADER = "__key_schema_id";

    /** The id that the registry gave the schema, a positive number. */
    record Numeric(int id) implements WriterSchemaId {
        /** As generated, but fast: it is called for each record. */
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Numeric numeric && numeric.id == id;
        }

        @Override
        public int hashCode() {
            return id;
        }

        @Override
        public String toString() {
            return "schema id " + id;
        }
    }

    /** The GUID of the schema, which is the same in every registry. */
    record Guid(UUID guid) implements WriterSchemaId {
        @Override
        public String toString() {
            return "schema GUID " + guid;
        }
    }

    /** Where a record's schema id and its Avro bytes are. */
    sealed interface Location {}

    /**
     * The record has a schema id.
     *
     * @param offset the index of the first byte of Avro in the value
     */
    record At(WriterSchemaId id, int offset) implements Location {}

    /** The record has no schema id. The reason is one line. */
    record Missing(String reason) implements Location {}

    /**
     * Finds the schema id of a value: in the header {@value #HEADER} if there is one, otherwise in the value's first five
     * bytes.
     */
    static Location locate(Headers headers, byte @Nullable [] value) {
        if (value == null) {
            return new Missing("the value is null");
        }
        Header header = headers.lastHeader(HEADER);
        return header == null ? inValue(value) : inHeader(header.value());
    }

    private static Location inValue(byte[] value) {
        if (value.length < WireFormat.HEADER_BYTES) {
            return new Missing(
                    "the value has " + value.length + " bytes, too few for the magic byte and the schema id");
        }
        if (value[0] != WireFormat.MAGIC) {
            return new Missing("the first byte is " + (value[0] & 0xff) + ", not the magic byte 0");
        }
        return number(WireFormat.schemaId(value), WireFormat.HEADER_BYTES);
    }

    private static Location inHeader(byte @Nullable [] header) {
        if (header != null && header.length == WireFormat.HEADER_BYTES && header[0] == WireFormat.MAGIC) {
            return number(WireFormat.schemaId(header), 0);
        }
        if (header != null && header.length == WireFormat.GUID_HEADER_BYTES && header[0] == WireFormat.GUID_MAGIC) {
            ByteBuffer guid = ByteBuffer.wrap(header, 1, Long.BYTES * 2);
            return new At(new Guid(new UUID(guid.getLong(), guid.getLong())), 0);
        }
        return new Missing("the header " + HEADER + " has " + (header == null ? "no" : header.length)
                + " bytes; it must be the byte 1 and a GUID of 16 bytes, or the byte 0 and a schema id of 4 bytes");
    }

    private static Location number(int id, int offset) {
        return id > 0
                ? new At(new Numeric(id), offset)
                : new Missing("the schema id is " + id + "; ids are greater than 0");
    }
}
