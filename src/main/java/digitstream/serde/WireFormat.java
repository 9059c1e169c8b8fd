package digitstream.serde;

import java.nio.ByteBuffer;

/**
 * The Confluent wire format: byte 0 is the magic byte 0, bytes 1 to 4 are the schema id (signed, big-endian), the rest is the
 * value in Avro's binary encoding. Newer clients may put the schema id or a GUID into a header instead; then the whole value is
 * Avro.
 */
final class WireFormat {
    static final byte MAGIC = 0;
    static final int HEADER_BYTES = 5;

    /** The magic byte before a GUID. */
    static final byte GUID_MAGIC = 1;

    static final int GUID_HEADER_BYTES = 17;

    private WireFormat() {}

    static byte[] header(int schemaId) {
        return ByteBuffer.allocate(HEADER_BYTES).put(MAGIC).putInt(schemaId).array();
    }

    /** The schema id of bytes with a complete header. */
    static int schemaId(byte[] bytes) {
        return (bytes[1] << 24) | ((bytes[2] & 0xff) << 16) | ((bytes[3] & 0xff) << 8) | (bytes[4] & 0xff);
    }
}
