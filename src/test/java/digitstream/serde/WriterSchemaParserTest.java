package digitstream.serde;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WriterSchemaParserTest {
    private static final WriterSchemaId ID = new WriterSchemaId.Numeric(7);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[",
                "{}",
                "\"nothing\"",
                "{\"type\":\"record\",\"name\":\"R\"}",
                "{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"a\",\"type\":\"com.acme.Missing\"}]}",
                "{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"a\",\"type\":\"int\"},{\"name\":\"a\",\"type\":\"int\"}]}",
                "{\"type\":\"fixed\",\"name\":\"F\",\"size\":-1}",
                "[\"int\",\"int\"]"
            })
    void saysWhyASchemaCannotBeParsed(String text) {
        assertThat(WriterSchemaParser.parse(ID, List.of(), text))
                .isInstanceOfSatisfying(WriterSchema.Unusable.class, unusable -> assertThat(unusable.reason())
                        .startsWith("schema id 7 is no schema that Avro can parse: ")
                        .hasLineCount(1));
    }

    @Test
    void survivesASchemaThatIsNestedTooDeeply() {
        int depth = 200_000;
        String nested = "{\"type\":\"array\",\"items\":".repeat(depth) + "\"int\"" + "}".repeat(depth);

        assertThat(WriterSchemaParser.parse(ID, List.of(), nested)).isInstanceOf(WriterSchema.Unusable.class);
    }

    @Test
    void aReferenceMayHaveAnInvalidDefault() {
        String referenced = "{\"type\":\"enum\",\"name\":\"E\",\"symbols\":[\"A\"],\"default\":\"B\"}";

        assertThat(WriterSchemaParser.parse(
                        ID,
                        List.of(referenced),
                        "{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"a\",\"type\":\"E\"}]}"))
                .isInstanceOf(WriterSchema.Known.class);
    }
}
