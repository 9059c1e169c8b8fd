package digitstream.local;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A broker and a schema registry on loopback, with a folder for their data and logs. They exit with this process, even if it is
 * killed. Used by one thread.
 */
public final class LocalCluster implements AutoCloseable {
    private final Path directory;
    private final boolean temporary;
    private final LocalBroker broker;
    private final LocalRegistry registry;
    private boolean kept;

    private LocalCluster(Path directory, boolean temporary, LocalBroker broker, LocalRegistry registry) {
        this.directory = directory;
        this.temporary = temporary;
        this.broker = broker;
        this.registry = registry;
    }

    /**
     * Starts both servers and waits until they are ready.
     *
     * @param home the folder of the distribution, with {@code digitstream.jar}, {@code lib} and {@code registry}
     * @param directory the folder for data and logs; empty for a temporary folder, which {@link #close} deletes
     * @param brokerPort the port on 127.0.0.1; 0 for a free port
     * @param registryPort the port on 127.0.0.1; 0 for a free port
     * @throws LocalException if a server does not start; the message has the reason and the path of its log
     */
    public static LocalCluster start(Path home, Optional<Path> directory, int brokerPort, int registryPort)
            throws InterruptedException {
        // Check the ports before creating the folder, so that a port in use leaves nothing behind.
        int brokers = free(brokerPort, "broker");
        int controllers = free(0, "broker's controller");
        int registries = free(registryPort, "schema registry");
        Path folder;
        try {
            folder = directory.isPresent()
                    ? Files.createDirectories(directory.get())
                    : Files.createTempDirectory("digitstream-local-");
        } catch (IOException e) {
            throw new LocalException(
                    "the servers' folder can't be created (" + e
                            + "); set -Djava.io.tmpdir to a writable folder, or name" + " one with `local --directory`",
                    e);
        }
        LocalCluster cluster = new LocalCluster(
                folder,
                directory.isEmpty(),
                new LocalBroker(home, folder.resolve("broker"), brokers, controllers),
                new LocalRegistry(home, folder.resolve("registry"), registries));
        try {
            cluster.registry.launch();
            cluster.broker.launch();
            cluster.broker.awaitReady();
            cluster.registry.awaitReady();
            return cluster;
        } catch (LocalException | InterruptedException e) {
            // Keep the logs, which explain the failure.
            cluster.keepDirectory();
            try {
                cluster.close();
            } catch (LocalException closeFailure) {
                // The reason for the failed start matters more.
                e.addSuppressed(closeFailure);
            }
            throw e;
        }
    }

    /** Returns the value for {@code --bootstrap-server}. */
    public String bootstrapServers() {
        return broker.address();
    }

    /** Returns the value for {@code --schema-registry}. */
    public String schemaRegistryUrl() {
        return registry.url();
    }

    /** Returns the folder of the servers' data and logs. */
    public Path directory() {
        return directory;
    }

    /** Returns a message about a server that has stopped unexpectedly, with the reason; empty while both run. */
    public Optional<String> deadServer() {
        return broker.fault().or(registry::fault);
    }

    /** Makes {@link #close} keep a temporary folder, for its logs. */
    public void keepDirectory() {
        kept = true;
    }

    /** Returns the broker, so that it can be stopped and started alone. */
    public LocalBroker broker() {
        return broker;
    }

    /** Returns the registry, so that it can be stopped and started alone. */
    public LocalRegistry registry() {
        return registry;
    }

    @Override
    public void close() {
        try {
            broker.close();
        } finally {
            registry.close();
        }
        if (temporary && !kept) {
            delete(directory);
        }
    }

    private static void delete(Path directory) {
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            throw new LocalException("the servers' folder " + directory + " can't be deleted: " + e, e);
        }
    }

    private static int free(int port, String whose) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new LocalException(
                    "port " + port + " for the " + whose + " is in use; stop the process that listens there, or set"
                            + " another port (" + e.getMessage() + ")",
                    e);
        }
    }
}
