package digitstream.model;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.exc.InvalidTypeIdException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import digitstream.common.Excerpt;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads {@link ModelCard}s, and says of one that can't be read which field is wrong, without names of Java classes. */
final class CardReader {
    private static final JsonMapper STRICT = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .build();

    private CardReader() {}

    /**
     * Reads a card.
     *
     * @param json in UTF-8, or in UTF-16, with or without a byte-order mark, as editors on Windows write it
     * @throws ModelException if the text is not a valid card; the message is one line that names the field
     */
    static ModelCard read(byte[] json) {
        try {
            return Optional.ofNullable(STRICT.readValue(json, ModelCard.class))
                    .orElseThrow(() -> new ModelException("it is null, not a JSON object"));
        } catch (JsonMappingException e) {
            if (e.getCause() instanceof ModelException fault) {
                throw new ModelException(Objects.requireNonNull(fault.getMessage()), e);
            }
            if (e.getCause() instanceof JsonParseException syntax) {
                throw new ModelException(syntax(syntax), e);
            }
            if (e.getCause() instanceof StreamConstraintsException limit) {
                throw new ModelException(syntax(limit), e);
            }
            throw new ModelException(fault(e, json), e);
        } catch (JsonProcessingException e) {
            throw new ModelException(syntax(e), e);
        } catch (IOException e) {
            // The bytes are in memory, so only their encoding can fail.
            throw new ModelException("it is not text in UTF-8: " + e.getMessage(), e);
        }
    }

    private static String syntax(JsonProcessingException e) {
        JsonLocation place = e.getLocation();
        // Jackson repeats the place of an opening brace in its own notation, and names its methods that set a limit.
        String message = e.getOriginalMessage().replaceAll(" \\(start marker at .*\\)|, from `[^`]*`", "");
        return (message.startsWith("Invalid UTF-8") ? "it is not text in UTF-8: " : "it is not valid JSON: ")
                + message
                + (place == null ? "" : " (line " + place.getLineNr() + ", column " + place.getColumnNr() + ")");
    }

    private static String fault(JsonMappingException e, byte[] json) {
        if (json.length == 0) {
            return "it is empty";
        }
        String field = path(e.getPath());
        if (e instanceof UnrecognizedPropertyException unknown) {
            return "it has an unknown field, '" + field + "'; remove it, or use one of "
                    + unknown.getKnownPropertyIds().stream()
                            .map(Object::toString)
                            .collect(Collectors.toCollection(TreeSet::new));
        }
        if (e instanceof InvalidTypeIdException type) {
            return "the type of '" + field + "' is " + (type.getTypeId() == null ? "missing" : quoted(type.getTypeId()))
                    + "; docs/models.md lists the types of layers";
        }
        if (field.isEmpty()) {
            return "it is not a JSON object";
        }
        Class<?> expected = e instanceof MismatchedInputException mismatch ? mismatch.getTargetType() : null;
        return "the field '" + field + "' must be " + describe(expected);
    }

    private static String path(List<JsonMappingException.Reference> path) {
        StringBuilder text = new StringBuilder();
        for (JsonMappingException.Reference step : path) {
            if (step.getFieldName() == null) {
                text.append('[').append(step.getIndex()).append(']');
            } else {
                text.append(text.isEmpty() ? "" : ".").append(step.getFieldName());
            }
        }
        return Excerpt.of(text.toString());
    }

    private static String quoted(String text) {
        return "'" + Excerpt.of(text) + "'";
    }

    private static String describe(@Nullable Class<?> type) {
        // Jackson names no type for a number that does not fit.
        if (type == null || type == int.class || type == long.class || type == Long.class) {
            return "a whole number";
        }
        if (type == double.class || type == Double.class) {
            return "a number";
        }
        if (type == String.class) {
            return "text";
        }
        if (type == boolean.class) {
            return "true or false";
        }
        return List.class.isAssignableFrom(type) ? "a list" : "an object";
    }
}
