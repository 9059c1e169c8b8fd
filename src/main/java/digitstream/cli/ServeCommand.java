package digitstream.cli;

import digitstream.avro.Accuracy;
import digitstream.avro.DigitImage;
import digitstream.avro.DigitLabel;
import digitstream.avro.ModelRelease;
import digitstream.avro.Prediction;
import digitstream.client.ModelReleases;
import digitstream.dashboard.Dashboard;
import digitstream.model.Engines;
import digitstream.model.LoadedModel;
import digitstream.model.ModelArtifact;
import digitstream.model.ModelCard;
import digitstream.serde.AvroDecoder;
import digitstream.serde.AvroSerializer;
import digitstream.serde.SchemaRegistry;
import digitstream.topology.ClassifyMetrics;
import digitstream.topology.ClassifyTopology;
import digitstream.topology.ModelIdentity;
import digitstream.topology.ScoreMetrics;
import digitstream.topology.ScoreTopology;
import digitstream.topology.Settings;
import digitstream.topology.StreamsConfiguration;
import digitstream.topology.TopicAdmin;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code digitstream serve}. */
@Command(
        name = "serve",
        description = {
            "Classify the images of a topic and score the predictions, until Ctrl-C.",
            "Prints a line that begins with 'Ready' when it consumes. Ends in order at Ctrl-C and at a termination signal."
        },
        mixinStandardHelpOptions = true)
final class ServeCommand implements Callable<Integer> {
    private static final int MODEL_SIDE = 28;

    @Mixin
    private ClusterOptions cluster = new ClusterOptions();

    @Mixin
    private RegistryOption registry = new RegistryOption();

    @Mixin
    private ModelOptions model = new ModelOptions();

    @Option(
            names = "--only",
            paramLabel = "classify|score",
            description = "Run one of the two topologies (default: both).")
    private String only = "";

    @Option(
            names = "--dashboard",
            paramLabel = "[HOST:]PORT",
            converter = ListenAddress.Converter.class,
            description = "Serve the dashboard, too, at this port of 127.0.0.1 or of HOST (0: any free one).")
    private @Nullable ListenAddress dashboard;

    @Option(
            names = "--metrics",
            paramLabel = "[HOST:]PORT",
            converter = ListenAddress.Converter.class,
            description = {
                "Serve /metrics for Prometheus, /health/live and /health/ready, at this port of 127.0.0.1 or of HOST.",
                "The dashboard's port has them, too."
            })
    private @Nullable ListenAddress metrics;

    @Override
    public Integer call() throws InterruptedException {
        long start = System.nanoTime();
        boolean classifies = !only.equals("score");
        boolean scores = !only.equals("classify");
        if (!only.isEmpty() && classifies && scores) {
            throw new UsageException("--only is '" + only + "'; give classify or score");
        }
        Settings settings = cluster.settings();
        Engines.forInference();
        Interrupts interrupts = Interrupts.listen();
        Map<String, String> clients = cluster.clients(settings);
        try (Admin admin = ClusterOptions.admin(clients);
                SchemaRegistry schemas = ClusterOptions.registry(registry.url, settings);
                Serving serving = new Serving(classifies, scores)) {
            List<String> faults = new TopicAdmin(admin, settings.topics(), settings.layout()).faults();
            if (!faults.isEmpty()) {
                throw new UserException(String.join("; ", faults));
            }
            if (metrics != null) {
                System.out.println("Metrics: " + serving.monitor(metrics));
            }
            if (dashboard != null) {
                Dashboard.Options options =
                        new Dashboard.Options(dashboard.host(), dashboard.port(), DashboardOptions.HISTORY);
                Dashboard started = serving.watch((meters, health) ->
                        DashboardOptions.start(clients, admin, schemas, settings, options, meters, health));
                System.out.println("Dashboard: " + started.url());
            }
            Map<String, String> streams = streamsDefaults(clients);
            if (classifies) {
                ModelArtifact artifact = model.open();
                LoadedModel loaded = LoadedModel.load(artifact);
                serving.use(loaded);
                ModelReleases.announce(
                        clients,
                        new AvroSerializer<>(schemas, ModelRelease.class),
                        settings.topics().models(),
                        Baselines.release(loaded.card(), Instant.now()));
                serving.classify(
                        classify(settings, loaded, schemas, serving.meters()),
                        StreamsConfiguration.classify(settings, streams));
                System.out.printf(
                        "Model %s %s%n", artifact.card().name(), artifact.card().version());
            }
            if (scores) {
                serving.score(
                        score(settings, schemas, serving.meters()), StreamsConfiguration.score(settings, streams));
            }
            serving.runUntil(interrupts, start);
            return 0;
        }
    }

    private static Topology classify(
            Settings settings, LoadedModel loaded, SchemaRegistry schemas, MeterRegistry meters) {
        ModelCard card = loaded.card();
        ModelIdentity identity = new ModelIdentity(card.name(), card.version());
        return new ClassifyTopology(
                        settings.topics(),
                        settings.classify(),
                        identity,
                        MODEL_SIDE,
                        MODEL_SIDE,
                        loaded::newClassifier,
                        () -> new AvroDecoder<>(schemas, DigitImage.class),
                        new AvroSerializer<>(schemas, Prediction.class),
                        new ClassifyMetrics(meters, identity, card.sha256(), Baselines.of(card), Clock.systemUTC()),
                        Clock.systemUTC())
                .build();
    }

    private static Topology score(Settings settings, SchemaRegistry schemas, MeterRegistry meters) {
        return new ScoreTopology(
                        settings.topics(),
                        settings.score(),
                        () -> new AvroDecoder<>(schemas, Prediction.class),
                        () -> new AvroDecoder<>(schemas, DigitLabel.class),
                        new AvroSerializer<>(schemas, Accuracy.class),
                        new ScoreMetrics(meters))
                .build();
    }

    /** State is kept where it outlives a restart; Kafka Streams would take the system's temporary folder. */
    private static Map<String, String> streamsDefaults(Map<String, String> clients) {
        Map<String, String> all = new HashMap<>(clients);
        String state = System.getenv("XDG_STATE_HOME");
        Path base = state == null || state.isBlank()
                ? Path.of(System.getProperty("user.home"), ".local", "state")
                : Path.of(state);
        all.putIfAbsent(
                StreamsConfig.STATE_DIR_CONFIG, base.resolve("digitstream").toString());
        return all;
    }
}
