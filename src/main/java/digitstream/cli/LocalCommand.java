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
        description = "Run a Kafka broker and a schema registry on this machine, with the topics, until Ctrl-C.",
        mixinStandardHelpOptions = true)
final class LocalCommand implements Callable<Integer> {
    private static final long LOOK_MILLIS = 500;

    @Option(
            names = "--port",
            paramLabel = "N",
            defaultValue = "9092",
            description = "The broker's, on 127.0.0.1 (default: ${DEFAULT-VALUE}; 0: any free one).")
    private int port = 9092;

    @Option(
            names = "--registry-port",
            paramLabel = "N",
            defaultValue = "8081",
            description = "The registry's, likewise (default: ${DEFAULT-VALUE}).")
    private int registryPort = 8081;

    @Option(
            names = "--directory",
            paramLabel = "DIR",
            description = "Keep their data here (default: a temporary folder, deleted at the end).")
    private @Nullable Path directory;

    @Override
    public Integer call() throws InterruptedException {
        Interrupts interrupts = Interrupts.listen();
        System.out.println("Starting a Kafka broker and a schema registry ...");
        try (LocalCluster cluster =
                LocalCluster.start(Terminal.home(), Optional.ofNullable(directory), port, registryPort)) {
            Settings settings = Settings.parse(Map.of());
            try (Admin admin = ClusterOptions.admin(ClusterOptions.clients(cluster.bootstrapServers(), settings))) {
                new TopicAdmin(admin, settings.topics(), settings.layout()).create();
            }
            System.out.printf(
                    "Ready: --bootstrap-server %s --schema-registry %s%nData and logs: %s%nCtrl-C ends it.%n",
                    cluster.bootstrapServers(), cluster.schemaRegistryUrl(), cluster.directory());
            while (!interrupts.await(LOOK_MILLIS)) {
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
