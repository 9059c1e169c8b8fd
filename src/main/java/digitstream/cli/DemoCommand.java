package digitstream.cli;

import digitstream.client.ProducePlan;
import digitstream.client.TopicAdmin;
import digitstream.dashboard.Dashboard;
import digitstream.dashboard.DashboardException;
import digitstream.dashboard.access.Access;
import digitstream.data.DigitData;
import digitstream.demo.Demo;
import digitstream.demo.DemoSummary;
import digitstream.local.LocalCluster;
import digitstream.local.LocalException;
import digitstream.local.ServeProcess;
import digitstream.model.ModelArtifact;
import digitstream.monitoring.Health;
import digitstream.monitoring.Metrics;
import digitstream.serde.SchemaRegistry;
import digitstream.settings.Settings;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.streams.StreamsConfig;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code digitstream demo}. */
@Command(
        name = "demo",
        description = {
            "Run the whole pipeline on this machine and show its results.",
            "Starts a Kafka broker and a schema registry, loads a data set, trains a model if there is none, starts the"
                    + " topologies, produces images and labels, and shows throughput, latency and accuracy.",
            "On Ctrl-C, or after --images, the demo stops gracefully: it first predicts and scores every image produced.",
            "The exit status is 0 only if every image was predicted exactly once."
        },
        mixinStandardHelpOptions = true)
final class DemoCommand implements Callable<Integer> {
    private static final String ID_PREFIX = "demo-";
    /** The tally keeps one bit per image in a {@link java.util.BitSet}. */
    private static final long MAX_IMAGES = 2_000_000_000L;

    @Mixin
    private DataOptions data = new DataOptions();

    @Mixin
    private PaceOptions pace = new PaceOptions();

    @Option(names = "--images", paramLabel = "N", description = "Stop after N images (default: run until Ctrl-C).")
    private long images = MAX_IMAGES;

    @Option(
            names = "--models",
            paramLabel = "DIR",
            defaultValue = "models",
            description = "The folder that holds the models (default: ${DEFAULT-VALUE}).")
    private Path models = Path.of("models");

    @Option(names = "--summary", paramLabel = "FILE", description = "Also write the summary to this file, as JSON.")
    private @Nullable Path summary;

    @Option(
            names = "--dashboard",
            paramLabel = "PORT",
            description = "The port of the dashboard on 127.0.0.1 (default: 8080, or a free port if 8080 is in use).")
    private @Nullable Integer dashboardPort;

    @Option(names = "--no-dashboard", description = "Do not serve the dashboard.")
    private boolean noDashboard;

    @Option(
            names = "--metrics",
            paramLabel = "[HOST:]PORT",
            converter = ListenAddress.Converter.class,
            description =
                    "Serve /metrics for Prometheus, /health/live and /health/ready of the serving process, on this port of"
                            + " HOST or of 127.0.0.1; 0 picks a free port.")
    private @Nullable ListenAddress metrics;

    @Option(
            names = "--property",
            paramLabel = "KEY=VALUE",
            description = "A setting of the topologies. May be repeated.")
    private Map<String, String> properties = new LinkedHashMap<>();

    @Override
    public Integer call() throws InterruptedException, IOException {
        long start = System.nanoTime();
        if (images < 1 || images > MAX_IMAGES) {
            throw new UsageException("--images is " + images + "; use a number from 1 to " + MAX_IMAGES);
        }
        if (dashboardPort != null) {
            Values.requirePort("--dashboard", dashboardPort);
            if (noDashboard) {
                throw new UsageException("--dashboard and --no-dashboard contradict each other; omit one of them");
            }
        }
        if (metrics != null) {
            // The serving process would report it too, but only after a model has been trained.
            metrics.requireFree("--metrics");
        }
        ProducePlan plan = pace.plan(true, true, images, ID_PREFIX);
        Settings settings = Settings.parse(ClusterOptions.requireNames(properties));
        if (summary != null) {
            Writable.requireFile("--summary", summary);
        }
        Optional<Path> latest = ModelArtifact.latest(models, ModelOptions.DEFAULT_NAME);
        if (latest.isEmpty()) {
            Writable.requireFolder("--models", models.resolve(ModelOptions.DEFAULT_NAME));
        }
        UserFolders.ofProcess().setEngineCache();
        Interrupts interrupts = Interrupts.listen();
        Path home = Terminal.home();

        DigitData digits = data.findOrDraw(System.out::println);
        ModelArtifact model = model(latest, digits, interrupts);
        if (interrupts.stopRequested()) {
            return 1;
        }
        System.out.println("Starting a Kafka broker and a schema registry ...");
        try (LocalCluster cluster = LocalCluster.start(home, Optional.empty(), 0, 0)) {
            Map<String, String> clients = ClusterOptions.clients(cluster.bootstrapServers(), settings);
            try (Admin admin = ClusterOptions.admin(clients);
                    SchemaRegistry schemas = ClusterOptions.registry(
                            new RegistryUrl(cluster.schemaRegistryUrl(), Optional.empty()), settings)) {
                new TopicAdmin(admin, settings.topics(), settings.layout()).create();
                System.out.println("Starting the topologies ...");
                try (ServeProcess serve = ServeProcess.start(
                                home,
                                arguments(cluster, model),
                                cluster.directory().resolve("serve.log"));
                        Producer<byte[], byte[]> producer = ProduceCommand.producer(clients)) {
                    serve.awaitReady();
                    System.out.printf(
                            Locale.ROOT,
                            "Ready after %.1f s: broker %s, schema registry %s%n",
                            (System.nanoTime() - start) / 1e9,
                            cluster.bootstrapServers(),
                            cluster.schemaRegistryUrl());
                    serve.metricsUrl().ifPresent(url -> System.out.println("Metrics: " + url));
                    DemoSummary result;
                    try (Metrics meters = new Metrics();
                            Dashboard dashboard =
                                    noDashboard ? null : dashboard(clients, admin, schemas, settings, meters)) {
                        if (dashboard != null) {
                            System.out.println("Dashboard: " + dashboard.url());
                        }
                        result = new Demo(
                                        cluster,
                                        serve,
                                        settings,
                                        plan,
                                        model.card().version(),
                                        System.out,
                                        Terminal.liveLines(System.out))
                                .run(clients, admin, producer, schemas, digits.test(), interrupts::stopRequested);
                    }
                    report(result);
                    if (!result.isExact()) {
                        cluster.keepDirectory();
                        throw new UserException(
                                "not every image was predicted exactly once; see the logs in " + cluster.directory());
                    }
                    return 0;
                } catch (LocalException e) {
                    cluster.keepDirectory();
                    throw e;
                }
            }
        }
    }

    private Dashboard dashboard(
            Map<String, String> clients, Admin admin, SchemaRegistry schemas, Settings settings, Metrics meters) {
        int port = dashboardPort == null ? DashboardOptions.PORT : dashboardPort;
        try {
            return DashboardOptions.start(clients, admin, schemas, settings, options(port), meters, new Health());
        } catch (DashboardException portInUse) {
            if (dashboardPort != null) {
                throw portInUse;
            }
            return DashboardOptions.start(clients, admin, schemas, settings, options(0), meters, new Health());
        }
    }

    private static Dashboard.Options options(int port) {
        return new Dashboard.Options(DashboardOptions.LOOPBACK, port, DashboardOptions.HISTORY, Access.DEFAULT);
    }

    private ModelArtifact model(Optional<Path> latest, DigitData digits, Interrupts interrupts) throws IOException {
        if (latest.isEmpty()) {
            System.out.println("No model in " + models + "; training one.");
            return TrainCommand.trainDefault(digits, data, models, ModelOptions.DEFAULT_NAME, interrupts);
        }
        ModelArtifact model = ModelArtifact.open(latest.get());
        System.out.println("Model: " + model.directory());
        return model;
    }

    /** Returns the arguments of {@code serve}. The settings go into a file, because every user can see a process's arguments. */
    private List<String> arguments(LocalCluster cluster, ModelArtifact model) throws IOException {
        Properties all = new Properties();
        all.setProperty(
                StreamsConfig.STATE_DIR_CONFIG,
                cluster.directory().resolve("state").toString());
        all.putAll(properties);
        Path file = cluster.directory().resolve("serve.properties");
        try (Writer writer = Files.newBufferedWriter(file)) {
            all.store(writer, null);
        }
        List<String> arguments = new ArrayList<>(List.of(
                "--bootstrap-server", cluster.bootstrapServers(),
                "--schema-registry", cluster.schemaRegistryUrl(),
                "--model", model.directory().toAbsolutePath().toString(),
                "--command-config", file.toString()));
        if (metrics != null) {
            arguments.addAll(List.of("--metrics", metrics.host() + ":" + metrics.port()));
        }
        return arguments;
    }

    private void report(DemoSummary result) {
        System.out.println();
        System.out.print(result.toText());
        if (summary != null) {
            try {
                Files.writeString(summary, result.toJson());
            } catch (IOException e) {
                throw Writable.cannotWrite("--summary", summary, e);
            }
        }
    }
}
