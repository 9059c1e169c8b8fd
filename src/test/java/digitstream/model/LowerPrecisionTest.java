package digitstream.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A model's accuracy in a lower precision, as its card has it. */
class LowerPrecisionTest {
    private static final ModelCard CARD = Graphs.card("lenet", "1", new byte[] {7}, ModelCard.DIGITS, null);

    @ParameterizedTest
    @CsvSource({
        "70000, 69061, 69064, true",
        "70000, 69050, 69064, true",
        "70000, 69049, 69064, false",
        "70000, 69070, 69064, true",
        "5000, 4900, 4901, true",
        "5000, 4900, 4902, false",
        "9999, 9000, 9002, false",
        "4999, 4900, 4900, false",
        "2147483647, 0, 2147483647, false"
    })
    void permitsALossOfTwoHundredthsOfAPoint(int images, int correct, int correctInFloat32, boolean permits) {
        assertThat(new LowerPrecision("bfloat16", images, correct, correctInFloat32).permits())
                .isEqualTo(permits);
    }

    @Test
    void isReadFromTheCardThatItWasWrittenTo() {
        ModelCard card = Graphs.with(CARD, new LowerPrecision("bfloat16", 70_000, 69_061, 69_064));
        assertThat(card.toJson()).contains("\"lowerPrecision\" : {", "\"correctInFloat32\" : 69064");
        assertThat(read(card.toJson())).isEqualTo(card);
    }

    /** Readers of earlier versions reject unknown fields. */
    @Test
    void isAbsentFromOtherCards() {
        assertThat(CARD.toJson()).doesNotContain("lowerPrecision");
        assertThat(read(CARD.toJson()).lowerPrecision()).isNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{\"dtype\": \"int8\", \"images\": 9, \"correct\": 1, \"correctInFloat32\": 1}"
                        + "| lowerPrecision.dtype is int8; only bfloat16 is supported",
                "{} | lowerPrecision.dtype is null; only bfloat16 is supported",
                "{\"dtype\": \"bfloat16\"} | lowerPrecision.images is 0; it must be 1 or more",
                "{\"dtype\": \"bfloat16\", \"images\": 9, \"correct\": 10}"
                        + "| lowerPrecision.correct is 10; it must be 0 to 9",
                "{\"dtype\": \"bfloat16\", \"images\": 9, \"correctInFloat32\": -1}"
                        + "| lowerPrecision.correctInFloat32 is -1; it must be 0 to 9",
                "{\"images\": \"many\"} | the field 'lowerPrecision.images' must be a whole number"
            })
    void namesTheFieldThatIsWrong(String json, String fault) {
        assertThatThrownBy(() ->
                        read(CARD.toJson().replace("\"software\"", "\"lowerPrecision\": " + json + ", \"software\"")))
                .isInstanceOf(ModelException.class)
                .hasMessage(fault);
    }

    private static ModelCard read(String json) {
        return CardReader.read(json.getBytes(StandardCharsets.UTF_8));
    }
}
