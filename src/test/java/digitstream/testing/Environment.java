package digitstream.testing;

import digitstream.avro.DigitImage;
import digitstream.avro.DigitLabel;
import digitstream.client.DigitProducer;
import digitstream.client.ProducePlan;
import digitstream.client.TopicAdmin;
import digitstream.data.DigitData;
import digitstream.data.DigitSources;
import digitstream.data.DrawnDigits;
import digitstream.local.LocalCluster;
import digitstream.serde.AvroSerializer;
import digitstream.serde.SchemaRegistry;
import digitstream.settings.Settings;
import digitstream.training.Preset;
import digitstream.training.TrainingSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.opentest4j.TestAbortedException;

/**
 * A broker and a schema registry that all integration tests of a run share, with a data set and a model trained on it. Each
 * test creates its own topics. Tests get it as a parameter, with {@code @ExtendWith(Environment.Extension.class)}.
 *
 * <p>The system properties {@value #BOOTSTRAP_SERVER} and {@value #SCHEMA_REGISTRY} name servers that are already running, such as
 * those of {@code digitstream local}. Tests that stop a server are then reported as skipped.
 */
public final class Environment implements AutoCloseable {
    static final String BOOTSTRAP_SERVER = "digitstream.test.bootstrap.server";
    static final String SCHEMA_REGISTRY = "digitstream.test.schema.registry";

    private static final AtomicInteger NAMES = new AtomicInteger();

    /** Different in each run, so that a run on servers that stay up does not find the topics of an earlier one. */
    private final String run = Long.toString(System.currentTimeMillis(), 36);

    private final Optional<LocalCluster> cluster;
    private final String bootstrapServers;
    private final String schemaRegistryUrl;
    private final SchemaRegistry schemas;
    private final DigitData digits;
    private final Path model;
    private final Path models;

    private Environment() throws Exception {
        String running = System.getProperty(BOOTSTRAP_SERVER);
        if (running == null) {
            LocalCluster started = LocalCluster.start(CommandLineProcess.home(), Optional.empty(), 0, 0);
            this.cluster = Optional.of(started);
            this.bootstrapServers = started.bootstrapServers();
            this.schemaRegistryUrl = started.schemaRegistryUrl();
        } else {
            this.cluster = Optional.empty();
            this.bootstrapServers = running;
            this.schemaRegistryUrl = Objects.requireNonNull(
                    System.getProperty(SCHEMA_REGISTRY), BOOTSTRAP_SERVER + " is set; set " + SCHEMA_REGISTRY + " too");
        }
        this.schemas = new SchemaRegistry(schemaRegistryUrl, Map.of());
        this.digits = findDigits();
        this.models = Files.createTempDirectory("digitstream-test-models");
        TrainingSettings fast = Preset.FAST.settings();
        this.model = Trainings.train(digits, fast.with(2, 100, fast.learningRate(), 1), models, "lenet", "test")
                .artifact()
                .directory();
    }

    /** Returns MNIST if DIGITSTREAM_DATA is set, and generated digits otherwise. */
    public static DigitData findDigits() {
        Optional<Path> mnist = Optional.ofNullable(System.getenv(DigitSources.ENVIRONMENT_VARIABLE))
                .map(Path::of);
        return mnist.isPresent()
                ? new DigitSources(Path.of("unused"), List.of(), line -> {}).find(Optional.empty(), mnist)
                : new DigitData(
                        "drawn", "drawn", new DrawnDigits(1).images(0, 12_000), new DrawnDigits(2).images(0, 10_000));
    }

    public String bootstrapServers() {
        return bootstrapServers;
    }

    public String schemaRegistryUrl() {
        return schemaRegistryUrl;
    }

    /** Returns the servers, to be stopped and started. Skips the test if they belong to somebody else. */
    public LocalCluster cluster() {
        return cluster.orElseThrow(
                () -> new TestAbortedException("this test stops a server; run it without " + BOOTSTRAP_SERVER));
    }

    public SchemaRegistry schemas() {
        return schemas;
    }

    public DigitData digits() {
        return digits;
    }

    public Path model() {
        return model;
    }

    /** Returns the settings that every Kafka client needs. */
    public Map<String, String> clients() {
        return Map.of("bootstrap.servers", bootstrapServers);
    }

    public Admin admin() {
        return Admin.create(Map.of("bootstrap.servers", bootstrapServers));
    }

    public Producer<byte[], byte[]> producer() {
        return new KafkaProducer<>(
                Map.of(
                        "bootstrap.servers",
                        bootstrapServers,
                        "linger.ms",
                        5,
                        "batch.size",
                        128 << 10,
                        "enable.idempotence",
                        true),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    /** Creates topics for one test, and returns settings with their names and unique application ids. */
    public Map<String, String> freshTopics() throws Exception {
        String prefix = "t" + run + "-" + NAMES.incrementAndGet() + ".";
        Map<String, String> settings = Map.ofEntries(
                Map.entry("topic.images", prefix + "images"),
                Map.entry("topic.labels", prefix + "labels"),
                Map.entry("topic.predictions", prefix + "predictions"),
                Map.entry("topic.challenger.predictions", prefix + "challenger.predictions"),
                Map.entry("topic.accuracy", prefix + "accuracy"),
                Map.entry("topic.comparisons", prefix + "comparisons"),
                Map.entry("topic.models", prefix + "models"),
                Map.entry("topic.instances", prefix + "instances"),
                Map.entry("topic.dead.letters", prefix + "dead-letters"),
                Map.entry("classify.application.id", prefix + "classify"),
                Map.entry("score.application.id", prefix + "score"));
        Settings parsed = Settings.parse(settings);
        try (Admin admin = admin()) {
            new TopicAdmin(admin, parsed.topics(), parsed.layout()).create();
        }
        return settings;
    }

    /**
     * The arguments of {@code digitstream serve} on these servers with this model.
     *
     * @param state Kafka Streams' state directory
     * @param settings as {@link #freshTopics()} returns them
     * @param more further arguments
     */
    public List<String> serveArguments(Path state, Map<String, String> settings, String... more) {
        return serveArguments(model, state, settings, more);
    }

    /** The arguments of {@code digitstream serve} on these servers with another model. */
    public List<String> serveArguments(Path otherModel, Path state, Map<String, String> settings, String... more) {
        List<String> arguments = new ArrayList<>(List.of(
                "--bootstrap-server",
                bootstrapServers,
                "--schema-registry",
                schemaRegistryUrl,
                "--model",
                otherModel.toString(),
                "--property",
                "state.dir=" + state));
        settings.forEach((name, value) -> arguments.addAll(List.of("--property", name + "=" + value)));
        arguments.addAll(List.of(more));
        return arguments;
    }

    /** Produces test images to the topics of a test, and waits until the broker has acknowledged them. */
    public void produce(Settings settings, ProducePlan plan) {
        try (Producer<byte[], byte[]> producer = producer()) {
            new DigitProducer(
                            producer,
                            new AvroSerializer<>(schemas, DigitImage.class),
                            new AvroSerializer<>(schemas, DigitLabel.class),
                            settings.topics().images(),
                            settings.topics().labels(),
                            digits.test(),
                            plan,
                            Clock.systemUTC())
                    .run(() -> false, () -> false);
        }
    }

    @Override
    public void close() throws IOException {
        schemas.close();
        if (Boolean.getBoolean("digitstream.test.keep")) {
            cluster.ifPresent(LocalCluster::keepDirectory);
        }
        cluster.ifPresent(LocalCluster::close);
        try (Stream<Path> files = Files.walk(models)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    /** Creates the environment for the first test that uses it, and closes it after the last test of the run. */
    public static final class Extension implements ParameterResolver {
        @Override
        public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
            return parameter.getParameter().getType() == Environment.class;
        }

        @Override
        public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
            return context.getRoot()
                    .getStore(ExtensionContext.Namespace.GLOBAL)
                    .computeIfAbsent(Environment.class, ignored -> {
                        try {
                            return new Environment();
                        } catch (Exception e) {
                            throw new IllegalStateException("the servers of the tests did not start", e);
                        }
                    });
        }
    }
}
