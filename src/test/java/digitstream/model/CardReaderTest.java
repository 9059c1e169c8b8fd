package digitstream.model;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Cards that people write by hand, or with other programs. */
class CardReaderTest {
    private static final ModelCard CARD = Graphs.card("lenet", "1", new byte[] {7}, ModelCard.DIGITS, null);
    private static final String JSON = CARD.toJson();
    private static final String VALIDATION =
            """
            {"data": "mine", "images": 10, "accuracy": 0.9,
             "accuracyPerClass": [1, 1, 1, 1, 1, 1, 1, 1, 1, null],
             "predictedPerClass": [1, 1, 1, 1, 1, 1, 1, 1, 1, 1],
             "confidenceBins": [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 10],
             "temperature": 1.4}""";

    @Test
    void readsTheEncodingsThatEditorsWrite() {
        for (byte[] json : List.of(
                JSON.getBytes(UTF_8),
                ("\ufeff" + JSON).getBytes(UTF_8),
                ("\ufeff" + JSON).getBytes(UTF_16LE),
                ("\ufeff" + JSON).getBytes(UTF_16BE),
                JSON.getBytes(UTF_16LE),
                (JSON.replace("\n", "\r\n") + "\r\n\r\n").getBytes(UTF_8))) {
            assertThat(CardReader.read(json)).isEqualTo(CARD);
        }
    }

    @Test
    void readsAChecksumInUpperCase() {
        String upper = JSON.replace(CARD.sha256(), CARD.sha256().toUpperCase(Locale.ROOT));
        assertThat(upper).isNotEqualTo(JSON);
        assertThat(CardReader.read(upper.getBytes(UTF_8))).isEqualTo(CARD);
    }

    @Test
    void readsTheResultsOfAnotherProgram() {
        assertThat(CardReader.read(with("\"validation\" : null", "\"validation\" : " + VALIDATION))
                        .validation())
                .isNotNull();
        // Numbers in place of strings, as json.dumps(list(range(10))) writes them.
        assertThat(CardReader.read(with("\"classNames\" : [ \"0\", \"1\", \"2\"", "\"classNames\" : [ 0, 1, 2")))
                .isEqualTo(CARD);
    }

    static Stream<Arguments> faults() {
        return Stream.of(
                fault("\"formatVersion\" : 1", "\"formatVersion\" : 2", "formatVersion is 2, not 1"),
                fault("\"formatVersion\" : 1", "\"formatVersion\" : \"one\"", "'formatVersion' must be a whole number"),
                fault(
                        "\"formatVersion\" : 1",
                        "\"formatVersion\" : 99999999999",
                        "'formatVersion' must be a whole number"),
                fault("\"formatVersion\" : 1", "\"formatVersion\" : 1.5", "'formatVersion' must be a whole number"),
                fault("\"name\"", "\"name\" : \"other\", \"name\"", "Duplicate field 'name'", "line 3"),
                fault("\"dtype\"", "\"dtype\" : \"uint8\", \"dtype\"", "Duplicate field 'dtype'"),
                fault(
                        "\"network\" : null",
                        "\"network\" : {\"layers\" : [ {\"x\" : " + "[".repeat(2_000) + "]".repeat(2_000) + "} ]}",
                        "Document nesting depth (1001) exceeds the maximum allowed (1000)"),
                fault(
                        "\"software\" : { }",
                        "\"software\" : {\"a\" : " + "[".repeat(2_000),
                        "'software.a' must be text"),
                fault(
                        "\"formatVersion\" : 1",
                        "\"formatVersion\" : 1" + "0".repeat(2_000),
                        "Number value length (2001) exceeds the maximum allowed (1000)"),
                fault("\"version\"", "\"vershun\"", "version is missing"),
                fault("\"version\"", "\"vershun\" : 1, \"version\"", "it has an unknown field, 'vershun'"),
                fault(
                        "\"uint8\"",
                        "\"uint8\", \"range\" : 255",
                        "it has an unknown field, 'input.range'; remove it, or use one of [dtype, shape]"),
                fault("\"lenet\"", "\"../lenet\"", "name is '../lenet'; use 1 to 100 letters"),
                fault("\"lenet\"", "\"" + "x".repeat(9_000) + "\"", "name is 'xxxxxxxx"),
                fault("\"sha256\" : \"", "\"sha256\" : \"x", "sha256 is not 64 hexadecimal digits"),
                fault("\"sha256\" : ", "\"sha256\" : null, \"x\" : ", "sha256 is missing"),
                fault(
                        "\"N\", \"1\", \"28\", \"28\"",
                        "\"N\", \"784\"",
                        "input is uint8 [N, 784]; only uint8 [N, 1, 28, 28] is supported"),
                fault("\"float32\"", "\"float64\"", "output is float64 [N, 10]; only float32 [N, 10] is supported"),
                fault("\"input\" : {", "\"input\" : null, \"x\" : {", "input is missing"),
                fault("\"0\", \"1\"", "\"0\"", "classNames has 9 entries, not 10"),
                fault("\"0\", \"1\"", "\"1\", \"1\"", "classNames[0] and classNames[1] are both the digit 1"),
                fault("\"0\", \"1\"", "\"0\", \"zero\"", "classNames[0] and classNames[1] are both the digit 0"),
                fault("\"0\", \"1\"", "\"0\", \"cat\"", "classNames[1] is 'cat', which is not a digit"),
                fault("\"0\", \"1\"", "\"0\", \"1 - two\"", "classNames[1] is '1 - two', which is not a digit"),
                fault("\"0\", \"1\"", "\"0\", \"10\"", "classNames[1] is '10', which is not a digit"),
                fault("\"0\", \"1\"", "\"0\", null", "classNames has a null"),
                fault("\"classNames\" : [", "\"classNames\" : 10, \"x\" : [", "the field 'classNames' must be a list"),
                fault("\"software\" : { }", "\"software\" : [ ]", "the field 'software' must be an object"),
                fault("\"network\" : null", "\"network\" : {\"members\" : 1}", "network has no layers"),
                fault(
                        "\"network\" : null",
                        "\"network\" : {\"members\" : 1, \"layers\" : [ {\"type\" : \"Attention\"} ]}",
                        "the type of 'network.layers[0]' is 'Attention'"),
                fault(
                        "\"network\" : null",
                        "\"network\" : {\"members\" : 1, \"layers\" : [ {\"units\" : 10} ]}",
                        "the type of 'network.layers[0]' is missing"),
                fault(
                        "\"network\" : null",
                        "\"network\" : {\"members\" : 1, \"layers\" : [ {\"type\" : \"Linear\", \"units\" : 10, \"width\" : 10} ]}",
                        "it has an unknown field, 'network.layers[0].width'"),
                fault(
                        "\"training\" : null",
                        "\"training\" : {\"epochs\" : [ ]}",
                        "'training.epochs' must be a whole number"),
                fault("{", "{ ,", "it is not valid JSON", "line 1"),
                fault("\"lenet\"", "lenet", "it is not valid JSON", "line 3"));
    }

    private static Arguments fault(String field, String replacement, String... messages) {
        return Arguments.of(field, replacement, List.of(messages));
    }

    @ParameterizedTest(name = "{2}")
    @MethodSource("faults")
    void namesTheFieldThatIsWrong(String field, String replacement, List<String> messages) {
        assertRefused(with(field, replacement), messages);
    }

    static Stream<Arguments> results() {
        return Stream.of(
                fault(
                        "[1, 1, 1, 1, 1, 1, 1, 1, 1, null]",
                        "[1, 1]",
                        ".accuracyPerClass has 2 entries; it must have 10"),
                fault("[1, 1, 1, 1, 1, 1, 1, 1, 1, null]", "null", ".accuracyPerClass has 0 entries; it must have 10"),
                fault("1, 1, 1, null]", "1, 1, 1, 1.5]", ".accuracyPerClass has 1.5; each must be 0 to 1"),
                fault("[1, 1, 1, 1, 1, 1, 1, 1, 1, 1]", "[10]", ".predictedPerClass has 1 entries; it must have 10"),
                fault("1, 1, 1, 1]", "1, 1, 1, -1]", ".predictedPerClass has -1; each must be a number from 0"),
                fault("1, 1, 1, 1]", "1, 1, 1, null]", ".predictedPerClass has null; each must be a number from 0"),
                fault("0, 0, 10]", "0, 10]", ".confidenceBins has 14 entries; it must have 15"),
                fault("0, 0, 10]", "0, 0, 10, 0]", ".confidenceBins has 16 entries; it must have 15"),
                fault("1.4", "0", ".temperature is 0.0; it must be finite and greater than 0"),
                fault("1.4", "\"NaN\"", ".temperature is NaN; it must be finite and greater than 0"),
                fault("0.9", "90", ".accuracy is 90.0; it must be 0 to 1"),
                fault("\"images\": 10", "\"images\": -10", ".images is -10; it must not be negative"));
    }

    @ParameterizedTest(name = "{2}")
    @MethodSource("results")
    void namesTheResultThatIsWrong(String field, String replacement, List<String> messages) {
        for (String part : List.of("validation", "evaluation")) {
            assertThat(VALIDATION).contains(field);
            String wrong = VALIDATION.replace(field, replacement);
            assertRefused(
                    with("\"" + part + "\" : null", "\"" + part + "\" : " + wrong), List.of(part + messages.get(0)));
        }
    }

    @Test
    void namesFilesThatAreNoCards() {
        assertRefused(new byte[0], List.of("it is empty"));
        assertRefused("null".getBytes(UTF_8), List.of("it is null, not a JSON object"));
        assertRefused("[]".getBytes(UTF_8), List.of("it is not a JSON object"));
        assertRefused("{".getBytes(UTF_8), List.of("it is not valid JSON"));
        assertRefused((JSON + "{}").getBytes(UTF_8), List.of("it is not"));
        assertRefused("<html>".getBytes(UTF_8), List.of("it is not valid JSON"));
        assertRefused(JSON.replace("lenet", "l\u00e9net").getBytes(ISO_8859_1), List.of("it is not text in UTF-8"));
    }

    private static byte[] with(String field, String replacement) {
        assertThat(JSON).contains(field);
        return JSON.replaceFirst(
                        java.util.regex.Pattern.quote(field), java.util.regex.Matcher.quoteReplacement(replacement))
                .getBytes(UTF_8);
    }

    private static void assertRefused(byte[] json, List<String> messages) {
        assertThatThrownBy(() -> CardReader.read(json))
                .isInstanceOf(ModelException.class)
                .hasMessageNotContainingAny("digitstream.", "java.", "`", "class ")
                .satisfies(refusal ->
                        assertThat(refusal.getMessage()).contains(messages).hasSizeLessThan(500));
    }
}
