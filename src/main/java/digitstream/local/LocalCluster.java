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
 * One broker and one schema registry on loopback, in a folder of their own. They end with this process, in whatever way it
 * ends. Used by one thread.
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
     * Starts both servers and waits until they answer.
     *
     * @param home the folder of the distribution, with {@code digitstream.jar}, {@code lib} and {@code registry}
     * @param directory where their data and logs are kept; empty for a temporary folder, which is deleted at the end
     * @param brokerPort on 127.0.0.1; 0 for any that is free
     * @param registryPort likewise
     * @throws LocalException when one does not start, with why and where its log is
     */
    public static LocalCluster start(Path home, Optional<Path> directory, int brokerPort, int registryPort)
            throws InterruptedException {
        // Before the folder is made: a port that is taken leaves nothing behind.
        int brokers = free(brokerPort, "broker");
        int controllers = free(0, "broker's controller");
        int registries = free(registryPort, "schema registry");
        Path folder;
        try {
            folder = directory.isPresent()
                    ? Files.createDirectories(directory.get())
                    : Files.createTempDirectory("digitstream-local-");
        } catch (IOException e) {
            throw new LocalException("the servers' folder can't be made: " + e, e);
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
            // The logs are what helps now.
            cluster.keepDirectory();
            try {
                cluster.close();
            } catch (LocalException atClosing) {
                // Why it did not start is the news.
                e.addSuppressed(atClosing);
            }
            throw e;
        }
    }

    /** What {@code --bootstrap-server} takes. */
    public String bootstrapServers() {
        return broker.address();
    }

    /** What {@code --schema-registry} takes. */
    public String schemaRegistryUrl() {
        return registry.url();
    }

    /** Where the servers keep their data and logs. */
    public Path directory() {
        return directory;
    }

    /** The name of a server that is no longer there, and why; empty while both run. */
    public Optional<String> deadServer() {
        return broker.fault().or(registry::fault);
    }

    /** Leaves the folder where it is at the end, for its logs. */
    public void keepDirectory() {
        kept = true;
    }

    /** The broker, to stop and start it alone. */
    public LocalBroker broker() {
        return broker;
    }

    /** The registry, to stop and start it alone. */
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
                    "port " + port + " for the " + whose + " is taken; stop what listens there, or give"
                            + " another port (" + e.getMessage() + ")",
                    e);
        }
    }
}
