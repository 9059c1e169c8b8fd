package digitstream.cli;

import digitstream.client.KafkaFutures;
import digitstream.serde.SchemaRegistry;
import digitstream.settings.Settings;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The connection options of Kafka's own command-line tools. */
final class ClusterOptions {
    private static final String TIMEOUT_MILLIS = "10000";

    @Option(
            names = "--bootstrap-server",
            paramLabel = "HOST:PORT",
            required = true,
            description = "The Kafka brokers to connect to, as a comma-separated list.")
    private String bootstrapServer = "";

    @Option(
            names = "--command-config",
            paramLabel = "FILE",
            description =
                    "A properties file with settings for digitstream, Kafka clients and the schema registry client.")
    private @Nullable Path commandConfig;

    @Option(
            names = "--property",
            paramLabel = "KEY=VALUE",
            description = "A single setting; overrides --command-config. May be repeated.")
    private Map<String, String> properties = new LinkedHashMap<>();

    /**
     * Returns the settings of the file, overridden by those of the command line.
     *
     * @throws UserException if the file can't be read
     * @throws digitstream.settings.InvalidSettingsException if a setting is invalid
     */
    Settings settings() {
        Map<String, String> all = new HashMap<>();
        if (commandConfig != null) {
            Properties file = new Properties();
            try (Reader reader = Files.newBufferedReader(commandConfig)) {
                file.load(reader);
            } catch (IOException | IllegalArgumentException e) {
                throw new UserException(
                        "--command-config " + commandConfig + " can't be read; name a readable properties file (" + e
                                + ")",
                        e);
            }
            file.stringPropertyNames().forEach(name -> all.put(name, file.getProperty(name)));
        }
        all.putAll(properties);
        return Settings.parse(all);
    }

    String bootstrapServer() {
        return bootstrapServer;
    }

    /** Returns the settings that every Kafka client gets. */
    Map<String, String> clients(Settings settings) {
        return clients(bootstrapServer, settings);
    }

    static Map<String, String> clients(String bootstrapServer, Settings settings) {
        Map<String, String> all = new HashMap<>(settings.passedThrough());
        all.keySet()
                .removeIf(name -> name.startsWith(Settings.CLASSIFY_PREFIX) || name.startsWith(Settings.SCORE_PREFIX));
        all.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, bootstrapServer);
        return all;
    }

    /** Returns a connected admin client. Its requests time out after ten seconds, so that a wrong address fails fast. */
    static Admin admin(Map<String, String> clients) throws InterruptedException {
        Map<String, Object> all = new HashMap<>(clients);
        all.putIfAbsent(CommonClientConfigs.REQUEST_TIMEOUT_MS_CONFIG, TIMEOUT_MILLIS);
        all.putIfAbsent(CommonClientConfigs.DEFAULT_API_TIMEOUT_MS_CONFIG, TIMEOUT_MILLIS);
        Admin admin = Admin.create(all);
        try {
            KafkaFutures.get(admin.describeCluster().nodes());
            return admin;
        } catch (KafkaException e) {
            admin.close();
            throw e;
        }
    }

    /** Returns a client of a schema registry that has responded to a ping. */
    static SchemaRegistry registry(String url, Settings settings) {
        SchemaRegistry registry = new SchemaRegistry(url, settings.passedThrough());
        registry.ping();
        return registry;
    }
}
