package digitstream.serde;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.Schema;
import org.apache.avro.SchemaParseException;
import org.apache.flink.avro.registry.confluent.shaded.io.confluent.kafka.schemaregistry.ParsedSchema;
import org.apache.flink.avro.registry.confluent.shaded.io.confluent.kafka.schemaregistry.avro.AvroSchema;
import org.apache.flink.avro.registry.confluent.shaded.io.confluent.kafka.schemaregistry.client.CachedSchemaRegistryClient;
import org.apache.flink.avro.registry.confluent.shaded.io.confluent.kafka.schemaregistry.client.SchemaRegistryClientConfig;
import org.apache.flink.avro.registry.confluent.shaded.io.confluent.kafka.schemaregistry.client.rest.entities.Config;
import org.apache.flink.avro.registry.confluent.shaded.io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException;

/**
 * The schema registry, through Confluent's client. The only class that imports it, because the client on Maven Central
 * stands under another project's package prefix; a plain one would replace it here. Safe for use by several threads.
 */
public final class SchemaRegistry implements AutoCloseable {
    private static final int CACHED_SCHEMAS = 1_000;
    /** An unknown id is asked for again after this time: its schema may have been registered since. */
    private static final long UNKNOWN_ID_SECONDS = 10;

    private static final int NOT_FOUND = 404;

    private final String url;
    private final CachedSchemaRegistryClient client;
    private final boolean registersSchemas;

    /**
     * Opens a client; asks the registry nothing yet.
     *
     * @param url one or more base URLs, separated by commas
     * @param settings the client's own settings, passed through unchanged: {@code basic.auth.credentials.source},
     *     {@code basic.auth.user.info}, {@code bearer.auth.*}, {@code schema.registry.ssl.*}, {@code
     *     http.connect.timeout.ms} and so on; and of Confluent's serializers {@code auto.register.schemas}: where false,
     *     a schema is looked up and must have been registered before. What the client does not know it ignores.
     */
    public SchemaRegistry(String url, Map<String, ?> settings) {
        Map<String, Object> all = new HashMap<>(settings);
        // The client waits a minute for either by default; a stream thread has better things to do.
        all.putIfAbsent(SchemaRegistryClientConfig.HTTP_CONNECT_TIMEOUT_MS, "5000");
        all.putIfAbsent(SchemaRegistryClientConfig.HTTP_READ_TIMEOUT_MS, "10000");
        // The client takes these as numbers only, where settings are text: not for users.
        all.put(SchemaRegistryClientConfig.MISSING_ID_CACHE_TTL_CONFIG, UNKNOWN_ID_SECONDS);
        all.put(SchemaRegistryClientConfig.MISSING_CACHE_SIZE_CONFIG, CACHED_SCHEMAS);
        this.url = url;
        this.registersSchemas = Boolean.parseBoolean(String.valueOf(all.getOrDefault("auto.register.schemas", "true")));
        this.client = new CachedSchemaRegistryClient(List.of(url.split(",")), CACHED_SCHEMAS, all);
    }

    /** The URL or URLs that this client asks. */
    public String url() {
        return url;
    }

    /**
     * The id under which a subject holds a schema, registering it first unless {@code auto.register.schemas} is false.
     *
     * @throws RegistryUnavailableException also when the registry refuses the schema as incompatible or does not know it
     */
    int idOf(String subject, Schema schema) {
        AvroSchema parsed = new AvroSchema(schema.toString());
        return ask(
                "take the schema of subject " + subject,
                () -> registersSchemas ? client.register(subject, parsed) : client.getId(subject, parsed));
    }

    /**
     * The schema that was registered under an id, or empty where the registry knows none (asked again at most every ten
     * seconds) or it is no Avro schema.
     */
    Optional<Schema> schemaOf(int id) {
        return ask("give schema id " + id, () -> {
            try {
                ParsedSchema parsed = client.getSchemaById(id);
                return Optional.of(new Schema.Parser().parse(parsed.canonicalString()));
            } catch (RestClientException e) {
                if (e.getStatus() == NOT_FOUND) {
                    return Optional.empty();
                }
                throw e;
            } catch (SchemaParseException e) {
                return Optional.empty();
            }
        });
    }

    /**
     * Registers a schema whatever {@code auto.register.schemas} says, and sets the subject's compatibility to BACKWARD: a
     * reader of the new schema reads what was written under the last one.
     *
     * @return the schema's id
     */
    public int register(String subject, Schema schema) {
        return ask("register the schema of subject " + subject, () -> {
            int id = client.register(subject, new AvroSchema(schema.toString()));
            client.updateConfig(subject, new Config("BACKWARD"));
            return id;
        });
    }

    /** Whether the registry would take this schema as the subject's next version. */
    public boolean accepts(String subject, Schema schema) {
        return ask(
                "check the schema of subject " + subject,
                () -> client.testCompatibility(subject, new AvroSchema(schema.toString())));
    }

    /** Asks the registry for anything, to find out early whether it answers. */
    public void ping() {
        ask("list its subjects", client::getAllSubjects);
    }

    @Override
    public void close() {
        try {
            client.close();
        } catch (IOException e) {
            throw new RegistryUnavailableException("the schema registry's client did not close: " + e.getMessage(), e);
        }
    }

    private <T> T ask(String what, Question<T> question) {
        try {
            return question.ask();
        } catch (IOException e) {
            throw new RegistryUnavailableException(
                    "the schema registry at " + url + " does not answer (" + e.getMessage()
                            + "); check --schema-registry and that it runs",
                    e);
        } catch (RestClientException e) {
            throw new RegistryUnavailableException(
                    "the schema registry at " + url + " would not " + what + ": " + e.getMessage(), e);
        }
    }

    private interface Question<T> {
        T ask() throws IOException, RestClientException;
    }
}
