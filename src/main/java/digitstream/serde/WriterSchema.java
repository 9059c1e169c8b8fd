package digitstream.serde;

import org.apache.avro.Schema;

/** The registry's answer to a {@link WriterSchemaId}. */
public sealed interface WriterSchema {

    /** The schema. Its names and defaults may be invalid, because other tools write such schemas. */
    record Known(Schema schema) implements WriterSchema {}

    /**
     * The registry has a schema with this id, but no value can be read with it. This never changes.
     *
     * @param reason why not, in one line
     */
    record Unusable(String reason) implements WriterSchema {}

    /**
     * The registry has no such schema. It may have one later.
     *
     * @param reason what the registry does not have, in one line
     * @param askedAtMillis when the registry was asked, in milliseconds since the epoch
     */
    record Unknown(String reason, long askedAtMillis) implements WriterSchema {}
}
