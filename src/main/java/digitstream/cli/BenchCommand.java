package digitstream.cli;

import digitstream.benchmark.Bench;
import digitstream.benchmark.load.Cluster;
import digitstream.benchmark.report.BenchJson;
import digitstream.benchmark.report.BenchPage;
import digitstream.benchmark.report.BenchText;
import digitstream.benchmark.result.BenchPlan;
import digitstream.benchmark.result.BenchResult;
import digitstream.common.Excerpt;
import digitstream.data.DigitData;
import digitstream.local.LocalCluster;
import digitstream.model.ModelArtifact;
import digitstream.serde.SchemaRegistry;
import digitstream.settings.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code digitstream bench}. */
@Command(
        name = "bench",
        description = {
            "Measure throughput and latency beside the programs that one would write by hand.",
            "Starts a Kafka broker and a schema registry, trains a model if there is none, and runs every row of the table"
                    + " several times, in changing order, each in a process of its own.",
            "Every output is counted by id. A row with a missing or doubled image is void, and the exit status is then 1."
        },
        mixinStandardHelpOptions = true)
final class BenchCommand implements Callable<Integer> {
    private static final int IMAGES = 600_000;
    private static final int QUICK_IMAGES = 20_000;
    private static final int ROUNDS = 3;

    /** Nine digits stand in an id. */
    private static final int MAX_IMAGES = 100_000_000;

    private static final int MAX_ROUNDS = 1_000;

    @Option(
            names = "--quick",
            description =
                    "Run one round with few images, and fewer rows, to see that everything works and is exact; its figures"
                            + " are no measurements.")
    private boolean quick;

    @Option(
            names = "--rows",
            paramLabel = "ID[,ID...]",
            split = ",",
            description = "Run these rows only (default: all). The ids are in docs/benchmark.md.")
    private List<String> rows = List.of();

    @Option(
            names = "--images",
            paramLabel = "N",
            description = "The images that each row processes (default: 600000; with --quick, 20000).")
    private @Nullable Integer images;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            description = "How often each row runs (default: 3; with --quick, 1).")
    private @Nullable Integer rounds;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "The random seed of the order of the rows (default: ${DEFAULT-VALUE}).")
    private long seed = 1;

    @Option(
            names = "--bootstrap-server",
            paramLabel = "HOST:PORT",
            converter = BootstrapServers.class,
            description = {
                "Use these brokers instead of starting one; needs --schema-registry.",
                "Topics and groups whose names begin with digitstream-bench are deleted on them."
            })
    private @Nullable String bootstrapServer;

    @Option(
            names = "--schema-registry",
            paramLabel = "URL",
            converter = RegistryUrl.Converter.class,
            description = "Use this schema registry instead of starting one; needs --bootstrap-server.")
    private @Nullable RegistryUrl registry;

    @Mixin
    private DataOptions data = new DataOptions();

    @Mixin
    private ModelOptions model = new ModelOptions();

    @Option(
            names = "--output",
            paramLabel = "DIR",
            description = "Also write bench.json and bench.html to this folder.")
    private @Nullable Path output;

    @Override
    public Integer call() throws InterruptedException, IOException {
        BenchPlan plan = plan();
        if ((bootstrapServer == null) != (registry == null)) {
            throw new UsageException("--bootstrap-server and --schema-registry go together; set both or neither");
        }
        if (output != null) {
            Writable.requireFolder("--output", output);
        }
        Optional<ModelArtifact> trained = model.find();
        UserFolders.ofProcess().setEngineCache();
        Interrupts interrupts = Interrupts.listen();
        Path home = Terminal.home();
        DigitData digits = data.findOrDraw(System.err::println);
        ModelArtifact artifact = trained.isPresent() ? trained.get() : model.train(digits, data, interrupts);
        if (interrupts.stopRequested()) {
            throw interrupted();
        }
        if (bootstrapServer != null && registry != null) {
            Path directory = Files.createTempDirectory("digitstream-bench-");
            int status = run(
                    plan, digits, artifact, interrupts, home, directory, bootstrapServer, registry, Optional::empty);
            if (status == 0) {
                delete(directory);
            } else {
                System.err.println("The logs are in " + directory);
            }
            return status;
        }
        System.err.println("Starting a Kafka broker and a schema registry ...");
        try (LocalCluster local = LocalCluster.start(home, Optional.empty(), 0, 0)) {
            RegistryUrl url = new RegistryUrl(local.schemaRegistryUrl(), Optional.empty());
            int status = run(
                    plan,
                    digits,
                    artifact,
                    interrupts,
                    home,
                    local.directory(),
                    local.bootstrapServers(),
                    url,
                    local::deadServer);
            if (status != 0) {
                local.keepDirectory();
                System.err.println("The logs are in " + local.directory());
            }
            return status;
        }
    }

    private BenchPlan plan() {
        int count = images == null ? (quick ? QUICK_IMAGES : IMAGES) : images;
        if (count < 1 || count > MAX_IMAGES) {
            throw new UsageException("--images is " + count + "; use a number from 1 to " + MAX_IMAGES);
        }
        int times = rounds == null ? (quick ? 1 : ROUNDS) : rounds;
        if (times < 1 || times > MAX_ROUNDS) {
            throw new UsageException("--rounds is " + times + "; use a number from 1 to " + MAX_ROUNDS);
        }
        List<String> known = Bench.allRows();
        rows.stream().filter(row -> !known.contains(row)).findFirst().ifPresent(row -> {
            throw new UsageException(
                    "--rows has '" + Excerpt.of(row) + "', which is no row; use " + String.join(",", known));
        });
        List<String> chosen = rows.isEmpty() ? (quick ? Bench.quickRows() : known) : rows;
        return new BenchPlan(count, times, seed, quick, chosen);
    }

    private Integer run(
            BenchPlan plan,
            DigitData digits,
            ModelArtifact artifact,
            Interrupts interrupts,
            Path home,
            Path directory,
            String bootstrap,
            RegistryUrl registry,
            Supplier<Optional<String>> fault)
            throws InterruptedException, IOException {
        Settings settings = Settings.parse(Map.of());
        try (Admin admin = ClusterOptions.admin(ClusterOptions.clients(bootstrap, settings));
                SchemaRegistry schemas = ClusterOptions.registry(registry, settings)) {
            Cluster cluster = new Cluster(bootstrap, registry.urls(), admin, schemas, home, directory, fault);
            BenchResult result = new Bench(
                            cluster,
                            plan,
                            digits.test(),
                            artifact.directory().toAbsolutePath(),
                            Clock.systemUTC(),
                            System.err::println,
                            interrupts::stopRequested)
                    .run();
            if (interrupts.stopRequested()) {
                throw interrupted();
            }
            System.out.print(BenchText.of(result));
            write(result);
            return result.isSound() ? 0 : 1;
        }
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }

    private void write(BenchResult result) throws IOException {
        if (output != null) {
            Files.createDirectories(output);
            Files.writeString(output.resolve("bench.json"), BenchJson.of(result));
            Files.writeString(output.resolve("bench.html"), BenchPage.of(result));
        }
    }

    private static UserException interrupted() {
        return new UserException("interrupted; there is no result");
    }
}
