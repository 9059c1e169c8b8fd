package digitstream.serde;

/** Supplies the schemas that values were written with. Thread-safe. */
@FunctionalInterface
public interface WriterSchemas {

    /**
     * Returns the schema with an id.
     *
     * @throws RegistryUnavailableException if the answer is not known and the registry can't be asked
     */
    WriterSchema get(WriterSchemaId id);
}
