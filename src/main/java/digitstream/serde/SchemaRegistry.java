package digitstream.serde;

import digitstream.common.Excerpt;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.apache.avro.Schema;
import org.apache.flink.avro.registry.confluent.shaded.io.confluent.kafka.schemaregistry.avro.AvroSchema;
import org.apache.flink.avro.registry.confluent.shaded.io.confluent.kafka.schemaregistry.client.CachedSchemaRegistryClient;
import org.apache.flink.avro.registry.confluent.shaded.io.confluent.kafka.schemaregistry.client.SchemaRegistryClientConfig;
import org.apache.flink.avro.registry.confluent.shaded.io.confluent.kafka.schemaregistry.client.rest.RestService;
import org.apache.flink.avro.registry.confluent.shaded.io.confluent.kafka.schemaregistry.client.rest.entities.Config;
import org.apache.flink.avro.registry.confluent.shaded.io.confluent.kafka.schemaregistry.client.rest.entities.SchemaReference;
import org.apache.flink.avro.registry.confluent.shaded.io.confluent.kafka.schemaregistry.client.rest.entities.SchemaString;
import org.apache.flink.avro.registry.confluent.shaded.io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException;
import org.apache.flink.avro.shaded.com.fasterxml.jackson.core.type.TypeReference;
import org.jspecify.annotations.Nullable;

/**
 * A schema registry, accessed through Confluent's client. No other class imports the client, because on Maven Central it is
 * only available under another project's package prefix; a plain client would replace it here. Thread-safe.
 */
public final class SchemaRegistry implements WriterSchemas, AutoCloseable {
    private static final int CACHED_SCHEMAS = 1_000;
    private static final int CACHED_ANSWERS = 10_000;

    /** {@link #get} asks again for an unknown id after this time, because its schema may have been registered since. */
    private static final long UNKNOWN_ID_MILLIS = 10_000;

    /** The registry's error codes for "no such schema", and for "no such subject" or "version" of a reference. */
    private static final Set<Integer> CERTAINLY_UNKNOWN = Set.of(40403, 40401, 40402);

    private static final int NOT_FOUND = 404;
    private static final String AVRO = "AVRO";
    private static final int MAX_REFERENCES = 1_000;

    private final String url;
    private final RestService rest;
    private final CachedSchemaRegistryClient client;
    private final boolean autoRegister;
    private final Clock clock;

    private final Map<WriterSchemaId, WriterSchema> answers = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<WriterSchemaId, WriterSchema> eldest) {
            return size() > CACHED_ANSWERS;
        }
    };

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
        this.url = url;
        this.clock = Clock.systemUTC();
        this.autoRegister = Boolean.parseBoolean(String.valueOf(all.getOrDefault("auto.register.schemas", "true")));
        this.rest = new RestService(List.of(url.split(",")));
        this.client = new CachedSchemaRegistryClient(rest, CACHED_SCHEMAS, all);
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
     * {@inheritDoc} An answer is cached; that a schema is unknown, for ten seconds.
     */
    @Override
    public WriterSchema get(WriterSchemaId id) {
        Optional<WriterSchema> cached = cached(id);
        boolean stale = cached.isPresent()
                && cached.get() instanceof WriterSchema.Unknown unknown
                && unknown.askedAtMillis() + UNKNOWN_ID_MILLIS <= clock.millis();
        return cached.isEmpty() || stale ? ask(id) : cached.get();
    }

    /** The last answer for an id, if there was one. Sends no request. */
    public Optional<WriterSchema> cached(WriterSchemaId id) {
        synchronized (answers) {
            return Optional.ofNullable(answers.get(id));
        }
    }

    /**
     * Asks the registry for a schema, whatever is cached, and caches the answer.
     *
     * <p>That a schema is unknown is only taken from the registry's own error code. A plain 404 may come from a proxy while the
     * registry is away.
     *
     * @throws RegistryUnavailableException if the registry does not answer, or answers something else
     */
    public WriterSchema ask(WriterSchemaId id) {
        long askedAt = clock.millis();
        WriterSchema answer = call("return " + id, () -> {
            try {
                return parse(id, fetch(id));
            } catch (MissingReferenceException e) {
                return new WriterSchema.Unknown(id + " " + e.getMessage(), askedAt);
            } catch (RestClientException e) {
                if (CERTAINLY_UNKNOWN.contains(e.getErrorCode())) {
                    return new WriterSchema.Unknown(
                            "the registry has no " + id + " (" + Excerpt.of(String.valueOf(e.getMessage())) + ")",
                            askedAt);
                }
                if (id instanceof WriterSchemaId.Guid && e.getStatus() == NOT_FOUND) {
                    // Registries without GUIDs answer like this, but so does a proxy. A request that every registry
                    // answers tells them apart.
                    client.getAllSubjects();
                    return new WriterSchema.Unknown(
                            "the registry does not find " + id + "; registries before Confluent's 8.0 know no GUIDs."
                                    + " Let the producer put the schema id into the value",
                            askedAt);
                }
                throw e;
            }
        });
        synchronized (answers) {
            answers.put(id, answer);
        }
        return answer;
    }

    private SchemaString fetch(WriterSchemaId id) throws IOException, RestClientException {
        if (id instanceof WriterSchemaId.Guid guid) {
            return rest.httpRequest(
                    "/schemas/guids/" + guid.guid(),
                    "GET",
                    null,
                    RestService.DEFAULT_REQUEST_PROPERTIES,
                    new TypeReference<SchemaString>() {});
        }
        return rest.getId(((WriterSchemaId.Numeric) id).id());
    }

    private WriterSchema parse(WriterSchemaId id, @Nullable SchemaString found)
            throws IOException, RestClientException {
        if (found == null || found.getSchemaString() == null) {
            throw new IOException("the answer has no schema");
        }
        String type = Objects.requireNonNullElse(found.getSchemaType(), AVRO);
        if (!type.equals(AVRO)) {
            return new WriterSchema.Unusable(id + " is " + type + ", not AVRO");
        }
        Map<String, String> referenced = new LinkedHashMap<>();
        collect(found.getReferences(), referenced, new HashSet<>());
        return WriterSchemaParser.parse(id, new ArrayList<>(referenced.values()), found.getSchemaString());
    }

    /** Collects the texts of references by name, each after those that it refers to itself. */
    private void collect(@Nullable List<SchemaReference> references, Map<String, String> into, Set<String> begun)
            throws IOException, RestClientException {
        if (references == null) {
            return;
        }
        for (SchemaReference reference : references) {
            if (begun.size() < MAX_REFERENCES && begun.add(reference.getName())) {
                try {
                    // Not imported by name: it is called Schema, as Avro's is. A reference may be to a deleted version.
                    var found = rest.getVersion(reference.getSubject(), reference.getVersion(), true);
                    collect(found.getReferences(), into, begun);
                    into.put(reference.getName(), found.getSchema());
                } catch (RestClientException e) {
                    if (e instanceof MissingReferenceException || !CERTAINLY_UNKNOWN.contains(e.getErrorCode())) {
                        throw e;
                    }
                    throw new MissingReferenceException(reference, e);
                }
            }
        }
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
            // Also for an answer that is no JSON, for example a login page of a proxy.
            throw new RegistryUnavailableException(
                    "the schema registry at " + url + " is not reachable (" + Excerpt.of(String.valueOf(e.getMessage()))
                            + "); check --schema-registry and that the registry is running",
                    e);
        } catch (RestClientException e) {
            throw new RegistryUnavailableException(
                    "the schema registry at " + url + " failed to " + action + ": "
                            + Excerpt.of(String.valueOf(e.getMessage())),
                    e);
        }
    }

    /** A schema refers to another one that the registry does not have. The message goes on from the name of the schema. */
    private static final class MissingReferenceException extends RestClientException {
        private static final long serialVersionUID = 1;

        MissingReferenceException(SchemaReference reference, RestClientException cause) {
            super(
                    "refers to subject " + Excerpt.of(reference.getSubject()) + " version " + reference.getVersion()
                            + ", which the registry does not have",
                    cause.getStatus(),
                    cause.getErrorCode());
        }
    }

    private interface Request<T> {
        T send() throws IOException, RestClientException;
    }
}
