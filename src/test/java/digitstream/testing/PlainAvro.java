package digitstream.testing;

import digitstream.serde.Decoded;
import digitstream.serde.Decoder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.Serializer;

/** Serializes Avro values without a registry, for tests of topologies: plain bytes in the current schema. */
public final class PlainAvro {
    static {
        digitstream.serde.AvroLimits.apply();
    }

    private PlainAvro() {}

    public static <T extends SpecificRecord> Decoder<T> decoder(Class<T> type) {
        return (headers, bytes) -> {
            try {
                BinaryDecoder in = DecoderFactory.get().binaryDecoder(bytes, null);
                T value = new SpecificDatumReader<>(type).read(null, in);
                return in.isEnd()
                        ? new Decoded.Value<>(value)
                        : new Decoded.Malformed<>("extra bytes after a " + type.getSimpleName());
            } catch (IOException | AvroRuntimeException | UnsupportedOperationException | IndexOutOfBoundsException e) {
                return new Decoded.Malformed<>("not a " + type.getSimpleName());
            }
        };
    }

    public static <T extends SpecificRecord> Serializer<T> serializer(Class<T> type) {
        return (topic, value) -> bytes(type, value);
    }

    public static <T extends SpecificRecord> byte[] bytes(Class<T> type, T value) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(out, null);
        try {
            new SpecificDatumWriter<>(type).write(value, encoder);
            encoder.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    public static <T extends SpecificRecord> T read(Class<T> type, byte[] bytes) {
        return ((Decoded.Value<T>) decoder(type).decode(new RecordHeaders(), bytes)).value();
    }
}
