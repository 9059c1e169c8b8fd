package digitstream.serde;

import static org.assertj.core.api.Assertions.assertThat;

import digitstream.avro.DigitLabel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class AvroDecoderTest {
    private static final String FIELDS =
            """
            {"name":"imageId","type":%s},{"name":"label","type":%s},
            {"name":"labelledAt","type":{"type":"long","logicalType":"timestamp-millis"}}%s""";

    @Test
    void readsTheBranchOfAFieldThatMayHaveAnotherType() {
        Schema written = record(FIELDS.formatted("[\"null\",\"string\"]", "[\"int\",\"long\",\"null\"]", ""));

        Decoded<DigitLabel> decoded = decode(written, label(written, "a", 7));

        assertThat(((Decoded.Value<DigitLabel>) decoded).value().getLabel()).isEqualTo(7);
    }

    @Test
    void saysWhyABranchOfAnotherTypeCannotBeRead() {
        Schema written = record(FIELDS.formatted("\"string\"", "[\"int\",\"long\",\"null\"]", ""));

        assertThat(reason(decode(written, label(written, "a", null))))
                .startsWith(
                        "schema id 7 (test.DigitLabel) cannot be read as digitstream.avro.DigitLabel: TYPE_MISMATCH");
    }

    @Test
    void rejectsARecordOfAnotherNameWithTheSameFields() {
        Schema written = new Schema.Parser()
                .parse(record(FIELDS.formatted("\"string\"", "\"int\"", ""))
                        .toString()
                        .replace("DigitLabel", "Other"));

        assertThat(reason(decode(written, label(written, "a", 7)))).endsWith("the names differ");
    }

    @Test
    @Timeout(10)
    void rejectsASchemaWhoseValuesHaveNoBytesButCountlessFields() {
        StringBuilder nested = new StringBuilder("\"null\"");
        for (int level = 40; level >= 0; level--) {
            String below = level == 40
                    ? ""
                    : "{\"name\":\"a\",\"type\":" + nested + "},{\"name\":\"b\",\"type\":\"R" + (level + 1) + "\"}";
            nested = new StringBuilder("{\"type\":\"record\",\"name\":\"R" + level + "\",\"fields\":[" + below + "]}");
        }
        Schema written = record(FIELDS.formatted("\"string\"", "\"int\"", ",{\"name\":\"x\",\"type\":" + nested + "}"));

        assertThat(reason(decode(written, new byte[] {2, 'a', 14, 0})))
                .contains("a value has more than 10000 nested fields");
    }

    @Test
    @Timeout(10)
    void rejectsAnArrayOfItemsWithoutBytes() {
        Schema written = record(FIELDS.formatted(
                "\"string\"",
                "\"int\"",
                ",{\"name\":\"x\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"array\",\"items\":\"null\"}}}"));

        assertThat(reason(decode(written, new byte[] {2, 'a', 14, 0, 0}))).contains("items of an array take no bytes");
    }

    @Test
    void readsALongListInAnExtraField() {
        Schema written = record(FIELDS.formatted(
                "\"string\"",
                "\"int\"",
                ",{\"name\":\"x\",\"type\":{\"type\":\"record\",\"name\":\"Node\",\"fields\":["
                        + "{\"name\":\"next\",\"type\":[\"null\",\"Node\"]}]}}"));
        ByteArrayOutputStream value = new ByteArrayOutputStream();
        value.writeBytes(new byte[] {2, 'a', 14, 0});
        value.writeBytes(new byte[] {2, 2, 2, 0});
        assertThat(decode(written, value.toByteArray())).isInstanceOf(Decoded.Value.class);

        ByteArrayOutputStream deep = new ByteArrayOutputStream();
        deep.writeBytes(new byte[] {2, 'a', 14, 0});
        for (int i = 0; i < 1_000_000; i++) {
            deep.write(2);
        }
        deep.write(0);
        assertThat(reason(decode(written, deep.toByteArray())))
                .isEqualTo("the value of schema id 7 is nested too deeply");
    }

    private static Schema record(String fields) {
        return new Schema.Parser()
                .parse("{\"type\":\"record\",\"name\":\"DigitLabel\",\"namespace\":\"test\",\"fields\":[" + fields
                        + "]}");
    }

    private static byte[] label(Schema schema, String id, Object digit) {
        GenericData.Record label = new GenericData.Record(schema);
        label.put("imageId", id);
        label.put("label", digit);
        label.put("labelledAt", 0L);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(out, null);
        try {
            new GenericDatumWriter<GenericData.Record>(schema).write(label, encoder);
            encoder.flush();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return out.toByteArray();
    }

    private static Decoded<DigitLabel> decode(Schema written, byte[] avro) {
        byte[] header = WireFormat.header(7);
        byte[] value = java.util.Arrays.copyOf(header, header.length + avro.length);
        System.arraycopy(avro, 0, value, header.length, avro.length);
        WriterSchemas schemas = id -> WriterSchemaParser.parse(id, List.of(), written.toString());
        return new AvroDecoder<>(schemas, DigitLabel.class).decode(new RecordHeaders(), value);
    }

    private static String reason(Decoded<DigitLabel> decoded) {
        return ((Decoded.Malformed<DigitLabel>) decoded).reason();
    }
}
