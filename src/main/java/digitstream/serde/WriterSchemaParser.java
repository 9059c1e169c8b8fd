package digitstream.serde;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import digitstream.common.Excerpt;
import digitstream.common.Json;
import java.util.List;
import org.apache.avro.NameValidator;
import org.apache.avro.Schema;

/** Parses schemas of values that others wrote. */
final class WriterSchemaParser {
    private WriterSchemaParser() {}

    /**
     * Parses a schema. Names and defaults are not validated: a writer's defaults have no effect on reading, and registries accept
     * names that Avro's Java library rejects.
     *
     * @param id for the message
     * @param referenced the schemas that it refers to, each after those that it refers to itself
     * @param text the schema in JSON
     */
    static WriterSchema parse(WriterSchemaId id, List<String> referenced, String text) {
        try {
            return new WriterSchema.Known(parse(referenced, text));
        } catch (RuntimeException | StackOverflowError first) {
            // Avro has no common exception for schemas that it cannot parse, and recurses into nested ones. It rejects
            // some defaults even if it is told not to validate them.
            try {
                return new WriterSchema.Known(parse(
                        referenced.stream()
                                .map(WriterSchemaParser::withoutDefaults)
                                .toList(),
                        withoutDefaults(text)));
            } catch (RuntimeException | StackOverflowError e) {
                return new WriterSchema.Unusable(
                        id + " is no schema that Avro can parse: " + Excerpt.of(String.valueOf(first.getMessage())));
            }
        }
    }

    private static Schema parse(List<String> referenced, String text) {
        Schema.Parser parser = new Schema.Parser(NameValidator.NO_VALIDATION).setValidateDefaults(false);
        referenced.forEach(parser::parse);
        return parser.parse(text);
    }

    private static String withoutDefaults(String text) {
        try {
            JsonNode schema = Json.COMPACT.readTree(text);
            removeDefaults(schema);
            return Json.COMPACT.writeValueAsString(schema);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("the schema is not JSON", e);
        }
    }

    private static void removeDefaults(JsonNode node) {
        if (node instanceof ObjectNode object && object.has("name")) {
            object.remove("default");
        }
        node.forEach(WriterSchemaParser::removeDefaults);
    }
}
