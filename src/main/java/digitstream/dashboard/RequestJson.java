package digitstream.dashboard;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import digitstream.common.Excerpt;
import digitstream.common.Json;
import io.javalin.http.BadRequestResponse;
import java.io.IOException;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The JSON object in the body of a request. Read strictly: what a lenient reader makes of {@code "3"}, {@code 3.7} or a member that
 * is there twice may not be what was meant. Each fault is a {@link BadRequestResponse} of one line.
 */
final class RequestJson {
    private static final ObjectReader STRICT = Json.COMPACT
            .reader()
            .with(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private final JsonNode object;

    private RequestJson(JsonNode object) {
        this.object = object;
    }

    /** Reads a body. */
    static RequestJson of(byte[] body) {
        JsonNode json;
        try {
            json = STRICT.readTree(body);
        } catch (JsonProcessingException e) {
            throw new BadRequestResponse(
                    String.valueOf(e.getOriginalMessage()).startsWith("Duplicate field")
                            ? "the request body has a member twice; send each once"
                            : "the request body is not JSON in UTF-8; send one JSON object");
        } catch (IOException e) {
            // Such as bytes that are no characters.
            throw new BadRequestResponse("the request body is not JSON in UTF-8; send one JSON object");
        }
        if (!json.isObject()) {
            throw new BadRequestResponse("the request body is no JSON object; send one");
        }
        return new RequestJson(json);
    }

    /** Returns a member that must be text. */
    String text(String name) {
        JsonNode value = object.path(name);
        if (!value.isTextual()) {
            throw new BadRequestResponse(name + " is " + found(value) + "; set it to text");
        }
        return value.textValue();
    }

    /** Returns a member that must be a whole number, or null if that is allowed. */
    private OptionalInt number(String name, int min, int max, Optional<String> meaningOfNull) {
        JsonNode value = object.path(name);
        if (value.isNull() && meaningOfNull.isPresent()) {
            return OptionalInt.empty();
        }
        if (!value.isIntegralNumber() || !value.canConvertToInt() || value.intValue() < min || value.intValue() > max) {
            throw new BadRequestResponse(name + " is " + found(value) + "; set it to a whole number from " + min
                    + " to " + max
                    + meaningOfNull.map(meaning -> ", or to null " + meaning).orElse(""));
        }
        return OptionalInt.of(value.intValue());
    }

    /** Returns a member that must be a whole number. */
    int number(String name, int min, int max) {
        return number(name, min, max, Optional.empty()).getAsInt();
    }

    /**
     * Returns a member that must be a whole number or null.
     *
     * @param meaningOfNull for people, such as "to delete it"
     */
    OptionalInt numberOrNull(String name, int min, int max, String meaningOfNull) {
        return number(name, min, max, Optional.of(meaningOfNull));
    }

    private static String found(JsonNode value) {
        if (value.isMissingNode()) {
            return "missing";
        }
        return value.isObject() ? "an object" : value.isArray() ? "an array" : Excerpt.of(value.toString());
    }
}
