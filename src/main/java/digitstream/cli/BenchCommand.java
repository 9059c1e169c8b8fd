package digitstream.cli;

import digitstream.benchmark.Bench;
import digitstream.benchmark.BenchSetup;
import digitstream.benchmark.load.Cluster;
import digitstream.benchmark.result.BenchPlan;
import digitstream.benchmark.result.GrowthPlan;
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
import java.util.Locale;
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
    private static final int QUICK_GROWTH_IMAGES = 4_000;
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
            names = "--growth",
            description =
                    "Measure how cost grows instead: with partitions, batches and records, and scoring's with its state."
                            + " Each point runs once.")
    private boolean growth;

    @Option(
            names = "--rows",
            paramLabel = "ID[,ID...]",
            split = ",",
            description =
                    "Run these rows only (default: all). The ids are in docs/benchmark.md; with --growth, they are"
                            + " partitions, batches, records and state.")
    private List<String> rows = List.of();

    @Option(
            names = "--images",
            paramLabel = "N",
            description =
                    "The images that each row processes (default: 600000; with --quick, 20000, or 4000 with --growth).")
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
            description = "Also write bench.json and bench.html, or growth.json and growth.html, to this folder.")
    private @Nullable Path output;

    @Override
    public Integer call() throws InterruptedException, IOException {
        BenchReport.Measurement measurement = growth ? growth() : BenchReport.of(plan());
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
                    measurement,
                    digits,
                    artifact,
                    interrupts,
                    new Servers(bootstrapServer, registry, directory, Optional::empty));
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
                    measurement,
                    digits,
                    artifact,
                    interrupts,
                    new Servers(local.bootstrapServers(), url, local.directory(), local::deadServer));
            if (status != 0) {
                local.keepDirectory();
                System.err.println("The logs are in " + local.directory());
            }
            return status;
        }
    }

    private BenchReport.Measurement growth() throws IOException {
        if (rounds != null) {
            throw new UsageException(
                    "--rounds does not go with --growth, where each point runs once; remove one of them");
        }
        int count = images(QUICK_GROWTH_IMAGES);
        List<String> series = rows(GrowthPlan.SERIES, GrowthPlan.SERIES);
        GrowthPlan plan = quick ? GrowthPlan.quick(series, count) : GrowthPlan.full(series, count);
        if (bootstrapServer == null) {
            requireRoom(plan.bytesNeeded());
        }
        return BenchReport.of(plan);
    }

    /** The broker that the command starts has its data in the folder for temporary files. */
    private static void requireRoom(long needed) throws IOException {
        Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
        long free = Files.getFileStore(temporary).getUsableSpace();
        if (free < needed) {
            throw new UserException(String.format(
                    Locale.ROOT,
                    "the measurement needs up to %.1f GB in %s, where %.1f GB are free; name another folder with"
                            + " DIGITSTREAM_OPTS=-Djava.io.tmpdir=DIR, or choose fewer series with --rows",
                    needed / 1e9,
                    temporary,
                    free / 1e9));
        }
    }

    private int images(int quickDefault) {
        int count = images == null ? (quick ? quickDefault : IMAGES) : images;
        if (count < 1 || count > MAX_IMAGES) {
            throw new UsageException("--images is " + count + "; use a number from 1 to " + MAX_IMAGES);
        }
        return count;
    }

    private List<String> rows(List<String> known, List<String> quickRows) {
        rows.stream().filter(row -> !known.contains(row)).findFirst().ifPresent(row -> {
            throw new UsageException(
                    "--rows has '" + Excerpt.of(row) + "', which is no row; use " + String.join(",", known));
        });
        return rows.isEmpty() ? (quick ? quickRows : known) : rows;
    }

    private BenchPlan plan() {
        int count = images(QUICK_IMAGES);
        int times = rounds == null ? (quick ? 1 : ROUNDS) : rounds;
        if (times < 1 || times > MAX_ROUNDS) {
            throw new UsageException("--rounds is " + times + "; use a number from 1 to " + MAX_ROUNDS);
        }
        return new BenchPlan(count, times, seed, quick, rows(Bench.allRows(), Bench.quickRows()));
    }

    /** Where to measure: with a folder for logs and state, and what tells that a server has stopped. */
    private record Servers(String bootstrap, RegistryUrl registry, Path directory, Supplier<Optional<String>> fault) {}

    private Integer run(
            BenchReport.Measurement measurement,
            DigitData digits,
            ModelArtifact artifact,
            Interrupts interrupts,
            Servers servers)
            throws InterruptedException, IOException {
        Settings settings = Settings.parse(Map.of());
        try (Admin admin = ClusterOptions.admin(ClusterOptions.clients(servers.bootstrap, settings));
                SchemaRegistry schemas = ClusterOptions.registry(servers.registry, settings)) {
            Cluster cluster = new Cluster(
                    servers.bootstrap,
                    servers.registry.urls(),
                    admin,
                    schemas,
                    Terminal.home(),
                    servers.directory,
                    servers.fault);
            BenchReport report = measurement.run(new BenchSetup(
                    cluster,
                    digits.test(),
                    artifact.directory().toAbsolutePath(),
                    Clock.systemUTC(),
                    System.err::println,
                    interrupts::stopRequested));
            if (interrupts.stopRequested()) {
                throw interrupted();
            }
            System.out.print(report.text());
            write(report);
            return report.isSound() ? 0 : 1;
        }
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }

    private void write(BenchReport report) throws IOException {
        if (output != null) {
            Files.createDirectories(output);
            for (Map.Entry<String, String> file : report.files().entrySet()) {
                Files.writeString(output.resolve(file.getKey()), file.getValue());
            }
        }
    }

    private static UserException interrupted() {
        return new UserException("interrupted; there is no result");
    }
}
