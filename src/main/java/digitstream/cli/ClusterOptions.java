package digitstream.cli;

import digitstream.client.KafkaFutures;
import digitstream.common.Excerpt;
import digitstream.serde.RegistryUnavailableException;
import digitstream.serde.SchemaRegistry;
import digitstream.settings.Settings;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
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
            converter = BootstrapServers.class,
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
            Properties file = read(commandConfig);
            file.stringPropertyNames().forEach(name -> all.put(name, file.getProperty(name)));
        }
        all.putAll(requireNames(properties));
        // As in Kafka's own tools, the flag overrides a file that is shared with other programs.
        all.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, bootstrapServer);
        requireOneCluster(all);
        return Settings.parse(all);
    }

    private static Properties read(Path commandConfig) {
        Properties file = new Properties();
        try {
            String text = Files.readString(commandConfig);
            // Some editors on Windows begin a file with a byte-order mark, which would become part of the first name.
            file.load(new StringReader(text.startsWith("\uFEFF") ? text.substring(1) : text));
            return file;
        } catch (CharacterCodingException e) {
            throw unreadable(commandConfig, "it is not UTF-8", e);
        } catch (NoSuchFileException e) {
            throw unreadable(commandConfig, "it does not exist", e);
        } catch (IOException e) {
            throw unreadable(commandConfig, Writable.reason(e), e);
        } catch (IllegalArgumentException e) {
            throw unreadable(commandConfig, String.valueOf(e.getMessage()), e);
        }
    }

    private static UserException unreadable(Path commandConfig, String reason, Exception cause) {
        return new UserException(
                "--command-config " + commandConfig + " can't be read (" + reason
                        + "); name a readable properties file",
                cause);
    }

    /** Returns the settings of {@code --property} if they have names. */
    static Map<String, String> requireNames(Map<String, String> properties) {
        properties.keySet().stream()
                .filter(name -> name.isEmpty() || name.chars().anyMatch(Character::isWhitespace))
                .findFirst()
                .ifPresent(name -> {
                    throw new UsageException("--property has the setting '" + Excerpt.of(name)
                            + "', which is no name; use KEY=VALUE without spaces around the name");
                });
        return properties;
    }

    /** The topics are created and checked on one cluster, so no topology or client may use another. */
    private static void requireOneCluster(Map<String, String> settings) {
        settings.keySet().stream()
                .filter(name -> name.endsWith("." + CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG))
                .findFirst()
                .ifPresent(name -> {
                    throw new UsageException(name
                            + " is set, but every client uses the brokers of --bootstrap-server; remove the setting");
                });
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
    static SchemaRegistry registry(RegistryUrl url, Settings settings) {
        SchemaRegistry registry = new SchemaRegistry(url.urls(), url.authenticated(settings.passedThrough()));
        try {
            registry.ping();
        } catch (RegistryUnavailableException e) {
            registry.close();
            throw e;
        }
        return registry;
    }
}
