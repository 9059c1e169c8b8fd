package digitstream.cli;

import digitstream.avro.Accuracy;
import digitstream.avro.DigitImage;
import digitstream.avro.DigitLabel;
import digitstream.avro.Prediction;
import digitstream.dashboard.Dashboard;
import digitstream.model.Engines;
import digitstream.model.LoadedModel;
import digitstream.model.ModelArtifact;
import digitstream.serde.AvroDecoder;
import digitstream.serde.AvroSerializer;
import digitstream.serde.SchemaRegistry;
import digitstream.topology.ClassifyTopology;
import digitstream.topology.ModelIdentity;
import digitstream.topology.RunningTopology;
import digitstream.topology.ScoreTopology;
import digitstream.topology.Settings;
import digitstream.topology.StreamsConfiguration;
import digitstream.topology.TopicAdmin;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.streams.StreamsConfig;
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
    private static final long LOOK_MILLIS = 200;

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
            paramLabel = "PORT",
            description = "Serve the dashboard, too, at this port of 127.0.0.1 (0: any free one).")
    private @Nullable Integer dashboard;

    @Override
    public Integer call() throws InterruptedException {
        long start = System.nanoTime();
        boolean classifies = !only.equals("score");
        boolean scores = !only.equals("classify");
        if (!only.isEmpty() && classifies && scores) {
            throw new UserException("--only is '" + only + "'; give classify or score");
        }
        if (dashboard != null) {
            DashboardOptions.requirePort("--dashboard", dashboard);
        }
        Settings settings = cluster.settings();
        Engines.forInference();
        Interrupts interrupts = Interrupts.listen();
        Map<String, String> clients = cluster.clients(settings);
        try (Admin admin = ClusterOptions.admin(clients);
                SchemaRegistry schemas = ClusterOptions.registry(registry.url, settings)) {
            List<String> faults = new TopicAdmin(admin, settings.topics(), settings.layout()).faults();
            if (!faults.isEmpty()) {
                throw new UserException(String.join("; ", faults));
            }
            try (Parts parts = new Parts()) {
                Map<String, String> streams = streamsDefaults(clients);
                if (classifies) {
                    ModelArtifact artifact = model.open();
                    LoadedModel loaded = LoadedModel.load(artifact);
                    parts.model = Optional.of(loaded);
                    parts.add(
                            "classifying",
                            classify(settings, loaded, schemas),
                            StreamsConfiguration.classify(settings, streams));
                    System.out.printf(
                            "Model %s %s%n",
                            artifact.card().name(), artifact.card().version());
                }
                if (scores) {
                    parts.add("scoring", score(settings, schemas), StreamsConfiguration.score(settings, streams));
                }
                if (dashboard != null) {
                    parts.dashboard = Optional.of(DashboardOptions.start(
                            clients,
                            admin,
                            schemas,
                            settings,
                            new Dashboard.Options(DashboardOptions.LOOPBACK, dashboard, DashboardOptions.HISTORY)));
                    System.out.println("Dashboard: " + parts.dashboard.get().url());
                }
                return parts.runUntil(interrupts, start);
            }
        }
    }

    private static org.apache.kafka.streams.Topology classify(
            Settings settings, LoadedModel loaded, SchemaRegistry schemas) {
        return new ClassifyTopology(
                        settings.topics(),
                        settings.classify(),
                        new ModelIdentity(loaded.card().name(), loaded.card().version()),
                        MODEL_SIDE,
                        MODEL_SIDE,
                        loaded::newClassifier,
                        () -> new AvroDecoder<>(schemas, DigitImage.class),
                        new AvroSerializer<>(schemas, Prediction.class))
                .build();
    }

    private static org.apache.kafka.streams.Topology score(Settings settings, SchemaRegistry schemas) {
        return new ScoreTopology(
                        settings.topics(),
                        settings.score(),
                        () -> new AvroDecoder<>(schemas, Prediction.class),
                        () -> new AvroDecoder<>(schemas, DigitLabel.class),
                        new AvroSerializer<>(schemas, Accuracy.class))
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

    /** What runs: ends together, the topologies before the model that they use. */
    private static final class Parts implements AutoCloseable {
        private final List<RunningTopology> topologies = new ArrayList<>();
        private Optional<LoadedModel> model = Optional.empty();
        private Optional<Dashboard> dashboard = Optional.empty();

        void add(String name, org.apache.kafka.streams.Topology topology, java.util.Properties settings) {
            try {
                topologies.add(RunningTopology.start(name, topology, settings, Clock.systemUTC()));
            } catch (org.apache.kafka.streams.errors.StreamsException e) {
                throw new UserException(
                        "the topology of " + name + " can't be started: " + e.getMessage()
                                + "; another one on this machine with the same state.dir?  Give this one its own with"
                                + " --property state.dir=DIR",
                        e);
            }
        }

        int runUntil(Interrupts interrupts, long start) throws InterruptedException {
            CompletableFuture<Void> running = CompletableFuture.allOf(
                    topologies.stream().map(RunningTopology::running).toArray(CompletableFuture<?>[]::new));
            boolean told = false;
            while (!interrupts.await(LOOK_MILLIS)) {
                if (!told && running.isDone()) {
                    told = true;
                    System.out.printf(
                            Locale.ROOT, "Ready after %.1f s. Ctrl-C ends it.%n", (System.nanoTime() - start) / 1e9);
                }
                dashboard.ifPresent(DashboardOptions::requireAlive);
                for (RunningTopology topology : topologies) {
                    if (topology.ended().isDone()) {
                        Throwable cause = topology.ended().join().orElse(null);
                        throw new UserException(
                                "a topology has ended: " + (cause == null ? "it was shut down" : rootOf(cause))
                                        + "; the log above says more",
                                cause == null ? new IllegalStateException("shut down") : cause);
                    }
                }
            }
            return 0;
        }

        private static Throwable rootOf(Throwable error) {
            Throwable root = error;
            while (root.getCause() != null) {
                root = root.getCause();
            }
            return root;
        }

        @Override
        public void close() {
            dashboard.ifPresent(Dashboard::close);
            topologies.forEach(RunningTopology::close);
            model.ifPresent(LoadedModel::close);
        }
    }
}
