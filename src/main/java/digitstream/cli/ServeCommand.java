package digitstream.cli;

import digitstream.common.Excerpt;
import digitstream.dashboard.Dashboard;
import digitstream.dashboard.access.Access;
import digitstream.model.Engines;
import digitstream.model.LoadedModel;
import digitstream.model.ModelArtifact;
import digitstream.model.ModelCard;
import digitstream.serde.SchemaRegistry;
import digitstream.serve.Serving;
import digitstream.serve.StartChecks;
import digitstream.serve.TopologyAssembly;
import digitstream.settings.Settings;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
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
            "Classify images and score the predictions until interrupted with Ctrl-C.",
            "Prints a line that starts with 'Ready' once it is consuming. Stops gracefully on SIGINT (Ctrl-C) and SIGTERM."
        },
        mixinStandardHelpOptions = true)
final class ServeCommand implements Callable<Integer> {
    @Mixin
    private ClusterOptions cluster = new ClusterOptions();

    @Mixin
    private RegistryOption registry = new RegistryOption();

    @Mixin
    private ModelOptions model = new ModelOptions();

    @Mixin
    private AccessOptions access = new AccessOptions();

    @Option(
            names = "--only",
            paramLabel = "classify|score",
            description = "Run only one of the two topologies (default: run both).")
    private @Nullable String only;

    @Option(
            names = "--dashboard",
            paramLabel = "[HOST:]PORT",
            converter = ListenAddress.Converter.class,
            description = "Also serve the dashboard, on this port of HOST or of 127.0.0.1; 0 picks a free port.")
    private @Nullable ListenAddress dashboard;

    @Option(
            names = "--metrics",
            paramLabel = "[HOST:]PORT",
            converter = ListenAddress.Converter.class,
            description = {
                "Serve /metrics for Prometheus, /health/live and /health/ready, on this port of HOST or of 127.0.0.1; 0 picks"
                        + " a free port.",
                "The port of the dashboard serves them too."
            })
    private @Nullable ListenAddress metrics;

    @Override
    public Integer call() throws InterruptedException {
        long start = System.nanoTime();
        boolean classifies = !"score".equals(only);
        boolean scores = !"classify".equals(only);
        if (only != null && classifies && scores) {
            throw new UsageException("--only is '" + Excerpt.of(only) + "'; use classify or score");
        }
        if (dashboard == null) {
            access.requireNone("--dashboard");
        }
        Access granted = access.access();
        Settings settings = cluster.settings();
        String stateDirectory = stateDirectory(settings, classifies, scores);
        // Before the brokers are asked: its faults are in files, and found without loading PyTorch.
        Optional<ModelArtifact> artifact = classifies ? model.openIfAny() : Optional.empty();
        if (classifies) {
            UserFolders.ofProcess().setEngineCache();
        }
        Engines.forInference();
        Interrupts interrupts = Interrupts.listen();
        Map<String, String> clients = cluster.clients(settings);
        try (Admin admin = ClusterOptions.admin(clients);
                SchemaRegistry schemas = ClusterOptions.registry(registry.url, settings);
                Serving serving = new Serving(classifies, scores)) {
            List<String> faults = new StartChecks(admin, settings, classifies, scores).faults();
            if (!faults.isEmpty()) {
                throw new UserException(String.join("; ", faults));
            }
            serving.watchTopics(admin);
            serving.export(settings.verdict());
            if (metrics != null) {
                System.out.println("Metrics: " + serving.monitor(metrics.host(), metrics.port()));
            }
            if (dashboard != null) {
                Dashboard.Options options =
                        new Dashboard.Options(dashboard.host(), dashboard.port(), DashboardOptions.HISTORY, granted);
                Dashboard started = serving.attach((meters, health) ->
                        DashboardOptions.start(clients, admin, schemas, settings, options, meters, health));
                System.out.println("Dashboard: " + started.url());
            }
            TopologyAssembly topologies = new TopologyAssembly(settings, clients, stateDirectory, schemas);
            // First what starts fast, so that its faults are reported before a model is loaded.
            if (scores) {
                topologies.score(serving);
            }
            if (classifies) {
                TopologyAssembly.Started started = topologies.classify(serving, artifact);
                print(started.model());
                started.note().ifPresent(System.out::println);
            }
            serving.runUntil(
                    interrupts::await,
                    () -> System.out.printf(
                            Locale.ROOT,
                            "Ready after %.1f s. Press Ctrl-C to stop.%n",
                            (System.nanoTime() - start) / 1e9));
            return 0;
        }
    }

    private static void print(LoadedModel model) {
        ModelCard card = model.card();
        System.out.printf("Model %s %s (%s, %s)%n", card.name(), card.version(), model.method(), model.precision());
        model.lowerPrecisionFault()
                .ifPresent(fault -> System.out.println("The model is not run in a lower precision: " + fault));
    }

    /** Returns the default of {@code state.dir}, after checking that the folders of the topologies that run are writable. */
    private static String stateDirectory(Settings settings, boolean classifies, boolean scores) {
        List<String> prefixes = Stream.of(
                        classifies ? Settings.CLASSIFY_PREFIX : "", scores ? Settings.SCORE_PREFIX : "")
                .filter(prefix -> !prefix.isEmpty())
                .toList();
        Path byDefault = null;
        for (String prefix : prefixes) {
            String chosen = settings.streams(prefix).get(StreamsConfig.STATE_DIR_CONFIG);
            if (chosen != null) {
                Writable.requireFolder(StreamsConfig.STATE_DIR_CONFIG, Path.of(chosen));
            } else if (byDefault == null) {
                byDefault = UserFolders.ofProcess().state();
                Writable.requireFolder("the default of " + StreamsConfig.STATE_DIR_CONFIG, byDefault);
            }
        }
        // If every topology has a folder of its own, none takes the default.
        return byDefault == null ? "" : byDefault.toString();
    }
}
