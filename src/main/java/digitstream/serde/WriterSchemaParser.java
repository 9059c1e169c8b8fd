package digitstream.serde;

import digitstream.common.Excerpt;
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
        Schema.Parser parser = new Schema.Parser(NameValidator.NO_VALIDATION).setValidateDefaults(false);
        try {
            referenced.forEach(parser::parse);
            return new WriterSchema.Known(parser.parse(text));
        } catch (RuntimeException | StackOverflowError e) {
            // Avro has no common exception for schemas that it cannot parse, and recurses into nested ones.
            return new WriterSchema.Unusable(
                    id + " is no schema that Avro can parse: " + Excerpt.of(String.valueOf(e.getMessage())));
        }
    }
}
