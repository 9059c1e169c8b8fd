package digitstream.dashboard;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.javalin.http.BadRequestResponse;
import java.util.List;
import java.util.OptionalInt;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class RequestJsonTest {
    private static final String LABEL = "; set it to a whole number from 0 to 9, or to null to take the label back";

    private static OptionalInt label(String value) {
        return RequestJson.of(("{\"label\":" + value + "}").getBytes(UTF_8))
                .numberOrNull("label", 0, 9, "to take the label back");
    }

    private static void assertFault(ThrowingCallable reading, String message) {
        assertThatExceptionOfType(BadRequestResponse.class)
                .isThrownBy(reading)
                .withMessage(message)
                .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(300).doesNotContain("\n"));
    }

    @Test
    void readsOneWholeNumberOrNull() {
        assertThat(label("0")).hasValue(0);
        assertThat(label("9")).hasValue(9);
        assertThat(label("null")).isEmpty();
    }

    @Test
    void takesNothingElseForANumber() {
        for (String value : List.of("\"3\"", "3.7", "3.0", "true", "-1", "10", "1e400", "4294967299")) {
            assertThatExceptionOfType(BadRequestResponse.class)
                    .as(value)
                    .isThrownBy(() -> label(value))
                    .withMessageEndingWith(LABEL);
        }
        assertFault(() -> label("\"3\""), "label is \"3\"" + LABEL);
        assertFault(() -> label("[3]"), "label is an array" + LABEL);
        assertFault(() -> label("{\"a\":3}"), "label is an object" + LABEL);
        assertFault(
                () -> RequestJson.of("{}".getBytes(UTF_8)).numberOrNull("label", 0, 9, "to take the label back"),
                "label is missing" + LABEL);
        assertFault(
                () -> RequestJson.of("{\"side\":null}".getBytes(UTF_8)).number("side", 28, 512),
                "side is null; set it to a whole number from 28 to 512");
        assertFault(
                () -> RequestJson.of("{\"imageId\":7}".getBytes(UTF_8)).text("imageId"),
                "imageId is 7; set it to text");
    }

    @Test
    void takesOneObjectOnly() {
        for (String body : List.of("", "null", "3", "\"a\"", "[]", "[{\"label\":3}]")) {
            assertFault(() -> RequestJson.of(body.getBytes(UTF_8)), "the request body is no JSON object; send one");
        }
        String malformed = "the request body is not JSON in UTF-8; send one JSON object";
        for (String body : List.of(
                "{",
                "{\"label\":3}{}",
                "{\"label\":3} x",
                "{'label':3}",
                "{\"label\":NaN}",
                "{\"label\":03}",
                "{\"label\":" + "9".repeat(2_000) + "}",
                "[".repeat(100_000),
                "{\"a\":".repeat(100_000))) {
            assertFault(() -> RequestJson.of(body.getBytes(UTF_8)), malformed);
        }
        assertFault(() -> RequestJson.of("{\"a\":\"\u00e4\"}".getBytes(ISO_8859_1)), malformed);
        assertFault(
                () -> RequestJson.of("{\"label\":3,\"label\":4}".getBytes(UTF_8)),
                "the request body has a member twice; send each once");
    }
}
