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
 * A schema registry, accessed through Confluent's client. No other class imports the client, because on Maven Central it is
 * only available under another project's package prefix; a plain client would replace it here. Thread-safe.
 */
public final class SchemaRegistry implements AutoCloseable {
    private static final int CACHED_SCHEMAS = 1_000;
    /** An unknown id is looked up again after this time, because its schema may have been registered since. */
    private static final long UNKNOWN_ID_SECONDS = 10;

    private static final int NOT_FOUND = 404;

    private final String url;
    private final CachedSchemaRegistryClient client;
    private final boolean autoRegister;

    /**
     * Opens a client. Sends no request yet.
     *
     * @param url one or more base URLs, separated by commas
     * @param settings the client's settings, passed through unchanged: {@code basic.auth.credentials.source},
     *     {@code basic.auth.user.info}, {@code bearer.auth.*}, {@code schema.registry.ssl.*}, {@code
     *     http.connect.timeout.ms} and so on. Also {@code auto.register.schemas} of Confluent's serializers: if it is
     *     false, schemas are only looked up and must have been registered before. Unknown settings are ignored.
     */
    public SchemaRegistry(String url, Map<String, ?> settings) {
        Map<String, Object> all = new HashMap<>(settings);
        // The client's default is a minute for both, too long for a stream thread.
        all.putIfAbsent(SchemaRegistryClientConfig.HTTP_CONNECT_TIMEOUT_MS, "5000");
        all.putIfAbsent(SchemaRegistryClientConfig.HTTP_READ_TIMEOUT_MS, "10000");
        // The client accepts these as numbers only, but settings are text. So users cannot set them.
        all.put(SchemaRegistryClientConfig.MISSING_ID_CACHE_TTL_CONFIG, UNKNOWN_ID_SECONDS);
        all.put(SchemaRegistryClientConfig.MISSING_CACHE_SIZE_CONFIG, CACHED_SCHEMAS);
        this.url = url;
        this.autoRegister = Boolean.parseBoolean(String.valueOf(all.getOrDefault("auto.register.schemas", "true")));
        this.client = new CachedSchemaRegistryClient(List.of(url.split(",")), CACHED_SCHEMAS, all);
    }

    /** The base URL or URLs of the registry. */
    public String url() {
        return url;
    }

    /**
     * The id of a schema in a subject. Registers the schema first unless {@code auto.register.schemas} is false.
     *
     * @throws RegistryUnavailableException also if the registry rejects the schema as incompatible or does not know it
     */
    int idOf(String subject, Schema schema) {
        AvroSchema parsed = new AvroSchema(schema.toString());
        return call(
                (autoRegister ? "register" : "look up") + " the schema of subject " + subject,
                () -> autoRegister ? client.register(subject, parsed) : client.getId(subject, parsed));
    }

    /**
     * The schema with this id. Empty if the registry does not know the id, which is cached for ten seconds, or if it is not
     * an Avro schema.
     */
    Optional<Schema> schemaOf(int id) {
        return call("return schema id " + id, () -> {
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
     * Registers a schema, regardless of {@code auto.register.schemas}, and sets the subject's compatibility to BACKWARD: a
     * reader with the new schema can read what was written with the previous one.
     *
     * @return the id of the schema
     */
    public int register(String subject, Schema schema) {
        return call("register the schema of subject " + subject, () -> {
            int id = client.register(subject, new AvroSchema(schema.toString()));
            client.updateConfig(subject, new Config("BACKWARD"));
            return id;
        });
    }

    /** Whether the schema is compatible as the next version of the subject. */
    public boolean accepts(String subject, Schema schema) {
        return call(
                "check the schema of subject " + subject,
                () -> client.testCompatibility(subject, new AvroSchema(schema.toString())));
    }

    /** Lists the subjects, to find out early whether the registry is available. */
    public void ping() {
        call("list its subjects", client::getAllSubjects);
    }

    @Override
    public void close() {
        try {
            client.close();
        } catch (IOException e) {
            throw new RegistryUnavailableException("closing the schema registry client failed: " + e.getMessage(), e);
        }
    }

    private <T> T call(String action, Request<T> request) {
        try {
            return request.send();
        } catch (IOException e) {
            throw new RegistryUnavailableException(
                    "the schema registry at " + url + " is not reachable (" + e.getMessage()
                            + "); check --schema-registry and that the registry is running",
                    e);
        } catch (RestClientException e) {
            throw new RegistryUnavailableException(
                    "the schema registry at " + url + " failed to " + action + ": " + e.getMessage(), e);
        }
    }

    private interface Request<T> {
        T send() throws IOException, RestClientException;
    }
}
