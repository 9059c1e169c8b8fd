package digitstream.serde;

import static org.assertj.core.api.Assertions.assertThat;

import digitstream.avro.Accuracy;
import digitstream.avro.DigitImage;
import digitstream.avro.DigitLabel;
import digitstream.avro.Prediction;
import digitstream.testing.Environment;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Tests the evolution of each schema, forward and backward, against a real registry. */
@ExtendWith(Environment.Extension.class)
class SchemaEvolutionIT {
    private static final String NEW_FIELD = "addedLater";

    static Stream<Schema> schemas() {
        return Stream.of(
                DigitImage.getClassSchema(),
                DigitLabel.getClassSchema(),
                Prediction.getClassSchema(),
                Accuracy.getClassSchema());
    }

    @ParameterizedTest
    @MethodSource("schemas")
    void acceptsAFieldWithADefaultAndRejectsOneWithout(Schema schema, Environment environment) {
        String subject = "evolution-" + schema.getName() + "-value";
        environment.schemas().register(subject, schema);

        assertThat(environment.schemas().accepts(subject, withField(schema, true)))
                .isTrue();
        assertThat(environment.schemas().accepts(subject, withField(schema, false)))
                .isFalse();
        assertThat(environment.schemas().accepts(subject, withoutLastField(schema)))
                .isTrue();
    }

    @Test
    void isReadableByANewerReaderAndReadsANewerWriter(Environment environment) throws IOException {
        Schema ours = DigitLabel.getClassSchema();
        Schema newer = withField(ours, true);
        String topic = "evolution-both-ways";
        DigitLabel label = new DigitLabel("a", 7, Instant.ofEpochMilli(1_700_000_000_000L));
        byte[] written = new AvroSerializer<>(environment.schemas(), DigitLabel.class).serialize(topic, label);
        int newerId = environment.schemas().register(AvroSerializer.subject(topic), newer);

        GenericRecord fromNewer = new GenericData.Record(newer);
        fromNewer.put("imageId", "b");
        fromNewer.put("label", 3);
        fromNewer.put("labelledAt", 1_700_000_000_000L);
        fromNewer.put(NEW_FIELD, "unknown to us");
        assertThat(new AvroDecoder<>(environment.schemas(), DigitLabel.class)
                        .decode(new RecordHeaders(), bytes(newerId, fromNewer)))
                .isEqualTo(new Decoded.Value<>(new DigitLabel("b", 3, Instant.ofEpochMilli(1_700_000_000_000L))));

        GenericRecord readByNewer = new GenericDatumReader<GenericRecord>(ours, newer)
                .read(
                        null,
                        DecoderFactory.get()
                                .binaryDecoder(
                                        written,
                                        WireFormat.HEADER_BYTES,
                                        written.length - WireFormat.HEADER_BYTES,
                                        null));
        assertThat(readByNewer.get("label")).isEqualTo(7);
        assertThat(readByNewer.get(NEW_FIELD)).hasToString("default");
    }

    @Test
    void explainsWhatIsWrongWithMalformedBytes(Environment environment) throws IOException {
        AvroDecoder<DigitImage> decoder = new AvroDecoder<>(environment.schemas(), DigitImage.class);
        int labelId = environment.schemas().register("wrong-type-value", DigitLabel.getClassSchema());
        int imageId = environment.schemas().register("right-type-value", DigitImage.getClassSchema());
        byte[] cutOff = ByteBuffer.allocate(8)
                .put((byte) 0)
                .putInt(imageId)
                .put((byte) 100)
                .array();
        byte[] good = new AvroSerializer<>(environment.schemas(), DigitImage.class)
                .serialize("right-type", new DigitImage("a", 1, 1, ByteBuffer.wrap(new byte[1]), Instant.EPOCH));
        byte[] tooLong = java.util.Arrays.copyOf(good, good.length + 1);

        assertThat(reason(decoder, null)).isEqualTo("the value is null");
        assertThat(reason(decoder, new byte[3])).startsWith("the value has 3 bytes, too few");
        assertThat(reason(decoder, "{\"not\": \"avro\"}".getBytes(java.nio.charset.StandardCharsets.UTF_8)))
                .isEqualTo("the first byte is 123, not the magic byte 0");
        assertThat(reason(
                        decoder,
                        ByteBuffer.allocate(9).put((byte) 0).putInt(999_999).array()))
                .startsWith("the registry has no schema id 999999");
        assertThat(reason(
                        decoder,
                        ByteBuffer.allocate(9).put((byte) 0).putInt(labelId).array()))
                .contains("(digitstream.avro.DigitLabel) cannot be read as digitstream.avro.DigitImage: ");
        assertThat(reason(decoder, cutOff)).startsWith("the bytes do not match schema id " + imageId);
        assertThat(reason(decoder, tooLong)).startsWith("there are extra bytes");
        assertThat(decoder.decode(new RecordHeaders(), good)).isInstanceOf(Decoded.Value.class);
    }

    private static String reason(AvroDecoder<DigitImage> decoder, byte[] bytes) {
        return ((Decoded.Malformed<DigitImage>) decoder.decode(new RecordHeaders(), bytes)).reason();
    }

    private static byte[] bytes(int schemaId, GenericRecord record) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(WireFormat.header(schemaId));
        BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(out, null);
        new GenericDatumWriter<GenericRecord>(record.getSchema()).write(record, encoder);
        encoder.flush();
        return out.toByteArray();
    }

    private static Schema withField(Schema schema, boolean withDefault) {
        List<Schema.Field> fields = copies(schema);
        fields.add(
                withDefault
                        ? new Schema.Field(NEW_FIELD, Schema.create(Schema.Type.STRING), "New.", "default")
                        : new Schema.Field(NEW_FIELD, Schema.create(Schema.Type.STRING), "New.", null));
        return Schema.createRecord(schema.getName(), schema.getDoc(), schema.getNamespace(), false, fields);
    }

    private static Schema withoutLastField(Schema schema) {
        List<Schema.Field> fields = copies(schema);
        fields.remove(fields.size() - 1);
        return Schema.createRecord(schema.getName(), schema.getDoc(), schema.getNamespace(), false, fields);
    }

    private static List<Schema.Field> copies(Schema schema) {
        List<Schema.Field> copies = new ArrayList<>();
        schema.getFields().forEach(field -> copies.add(new Schema.Field(field, field.schema())));
        return copies;
    }
}
