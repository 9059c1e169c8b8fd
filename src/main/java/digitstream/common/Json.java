package digitstream.common;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;

/** The JSON mappers of this project. Safe for use by several threads. */
public final class Json {
    /** Writes on one line. */
    public static final JsonMapper COMPACT = JsonMapper.builder().build();

    /** Writes for people, indented; rejects anything that follows the document which it reads. */
    public static final JsonMapper INDENTED = JsonMapper.builder()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private Json() {}
}
