package digitstream.cli;

import digitstream.client.TopicAdmin;
import digitstream.local.LocalCluster;
import digitstream.settings.Settings;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.admin.Admin;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code digitstream local}. */
@Command(
        name = "local",
        description = {
            "Run a local Kafka broker and schema registry until interrupted with Ctrl-C.",
            "Creates the topics. Both servers listen on 127.0.0.1 only."
        },
        mixinStandardHelpOptions = true)
final class LocalCommand implements Callable<Integer> {
    private static final long CHECK_INTERVAL_MILLIS = 500;

    @Option(
            names = "--port",
            paramLabel = "N",
            defaultValue = "9092",
            description = "The port of the broker; 0 picks a free port (default: ${DEFAULT-VALUE}).")
    private int port = 9092;

    @Option(
            names = "--registry-port",
            paramLabel = "N",
            defaultValue = "8081",
            description = "The port of the schema registry; 0 picks a free port (default: ${DEFAULT-VALUE}).")
    private int registryPort = 8081;

    @Option(
            names = "--directory",
            paramLabel = "DIR",
            description = "Keep data and logs in this folder (default: a temporary folder, deleted on exit).")
    private @Nullable Path directory;

    @Override
    public Integer call() throws InterruptedException {
        Values.requirePort("--port", port);
        Values.requirePort("--registry-port", registryPort);
        if (port == registryPort && port != 0) {
            throw new UsageException("--port and --registry-port are both " + port + "; give each server its own port");
        }
        if (directory != null) {
            Writable.requireFolder("--directory", directory);
        }
        Interrupts interrupts = Interrupts.listen();
        System.out.println("Starting a Kafka broker and a schema registry ...");
        try (LocalCluster cluster =
                LocalCluster.start(Terminal.home(), Optional.ofNullable(directory), port, registryPort)) {
            Settings settings = Settings.parse(Map.of());
            try (Admin admin = ClusterOptions.admin(ClusterOptions.clients(cluster.bootstrapServers(), settings))) {
                new TopicAdmin(admin, settings.topics(), settings.layout()).create();
            }
            System.out.printf(
                    "Ready: --bootstrap-server %s --schema-registry %s%nData and logs: %s%nPress Ctrl-C to stop.%n",
                    cluster.bootstrapServers(), cluster.schemaRegistryUrl(), cluster.directory());
            while (!interrupts.await(CHECK_INTERVAL_MILLIS)) {
                Optional<String> dead = cluster.deadServer();
                if (dead.isPresent()) {
                    throw new UserException(dead.get());
                }
            }
            System.out.println("Stopping ...");
        }
        return 0;
    }
}
