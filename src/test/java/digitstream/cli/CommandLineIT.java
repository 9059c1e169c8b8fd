package digitstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import digitstream.client.ProducePlan;
import digitstream.common.Json;
import digitstream.settings.Settings;
import digitstream.testing.CommandLineProcess;
import digitstream.testing.Environment;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The command line as a user sees it: results on standard output, and one line per error on standard error. */
@ExtendWith(Environment.Extension.class)
class CommandLineIT {
    @TempDir
    private Path folder;

    static Stream<List<String>> errors() {
        String unusedAddress = "127.0.0.1:" + unusedPort();
        String registry = "http://" + unusedAddress;
        return Stream.of(
                List.of("2", "Unknown option: '--no-such-flag'", "demo", "--no-such-flag"),
                List.of("2", "Missing required option: '--bootstrap-server=HOST:PORT'", "topics", "create"),
                List.of("1", "check --bootstrap-server", "topics", "describe", "--bootstrap-server", unusedAddress),
                List.of(
                        "1",
                        "check --bootstrap-server",
                        "tail",
                        "labels",
                        "--bootstrap-server",
                        unusedAddress,
                        "--schema-registry",
                        registry),
                List.of("2", "--rate is 'fast'", "demo", "--rate", "fast"),
                List.of("2", "--label-delay is '2'", "demo", "--label-delay", "2"),
                List.of("1", "--data is nowhere, which does not exist", "train", "--data", "nowhere"),
                List.of("1", "there is no model lenet in", "evaluate"),
                List.of("1", "batch.max.size is '0'", "demo", "--property", "batch.max.size=0"),
                List.of("1", "batch.max.sise is not a setting", "demo", "--property", "batch.max.sise=3"),
                List.of("2", "epochs is 0; set it to 1 or more", "train", "--epochs", "0"),
                List.of("2", "Invalid value for option '--preset'", "train", "--preset", "slow"),
                List.of("2", "mutually exclusive", "train", "--resume", "--finish"),
                List.of("2", "omit --preset, --epochs", "train", "--resume", "--epochs", "3"),
                List.of("1", "nowhere is not a model", "model", "describe", "nowhere"),
                List.of("2", "--limit is 0", "evaluate", "--limit", "0"),
                List.of("2", "--dashboard is 99999; use a port from 0 to 65535", "demo", "--dashboard", "99999"));
    }

    @ParameterizedTest
    @MethodSource("errors")
    void reportsAnErrorInOneLine(List<String> statusTextAndArguments) throws Exception {
        CommandLineProcess process = CommandLineProcess.run(
                folder,
                statusTextAndArguments.subList(2, statusTextAndArguments.size()).toArray(String[]::new));

        assertThat(process.exitValue()).as(process.err()).isEqualTo(Integer.parseInt(statusTextAndArguments.get(0)));
        assertThat(process.err().lines()).hasSize(1);
        assertThat(process.err()).startsWith("digitstream: ").contains(statusTextAndArguments.get(1));
    }

    @Test
    void printsTheStackTraceWithVerbose() throws Exception {
        CommandLineProcess process = CommandLineProcess.run(folder, "evaluate", "--verbose");
        assertThat(process.err()).contains("\tat digitstream.cli.");
    }

    @Test
    void reportsAllInvalidSettingsAtOnce() throws Exception {
        CommandLineProcess process = CommandLineProcess.run(
                folder,
                "demo",
                "--property",
                "batch.max.size=x",
                "--property",
                "batch.max.delay.ms=-1",
                "--property",
                "accuracy.windows=1m,2x");
        assertThat(process.err().lines()).hasSize(3);
        assertThat(process.err()).contains("batch.max.size", "batch.max.delay.ms", "accuracy.windows");
    }

    @Test
    void tailsProducedRecordsAsJsonLines(Environment environment) throws Exception {
        Map<String, String> topics = environment.freshTopics();
        Settings settings = Settings.parse(topics);
        environment.produce(settings, new ProducePlan(true, true, 1e6, 20, Duration.ZERO, 1, "tail-"));
        List<String> arguments = new ArrayList<>(List.of(
                "tail",
                "labels",
                "--from-beginning",
                "--max-messages",
                "20",
                "--timeout-ms",
                "20000",
                "--bootstrap-server",
                environment.bootstrapServers(),
                "--schema-registry",
                environment.schemaRegistryUrl()));
        topics.forEach((name, value) -> arguments.addAll(List.of("--property", name + "=" + value)));

        CommandLineProcess process = CommandLineProcess.run(folder, arguments.toArray(String[]::new));

        assertThat(process.exitValue()).as(process.err()).isZero();
        List<String> lines = process.out().lines().toList();
        assertThat(lines).hasSize(20);
        for (String line : lines) {
            JsonNode json = Json.COMPACT.readTree(line);
            String id = json.get("imageId").asText();
            assertThat(json.get("key").asText()).isEqualTo(id);
            int number = Integer.parseInt(id.substring("tail-".length()));
            assertThat(json.get("label").asInt())
                    .isEqualTo(environment.digits().test().label(number));
        }
    }

    @Test
    void describesTheTopicsThatItCreates(Environment environment) throws Exception {
        String[] arguments = {
            "topics",
            "create",
            "--bootstrap-server",
            environment.bootstrapServers(),
            "--property",
            "topic.images=own.images",
            "--property",
            "topics.partitions=3"
        };
        assertThat(CommandLineProcess.run(folder, arguments).out()).contains("own.images: created");
        assertThat(CommandLineProcess.run(folder, arguments).out()).contains("own.images: exists");
        arguments[1] = "describe";
        assertThat(CommandLineProcess.run(folder, arguments).out()).contains("own.images: 3 partitions, 1 replicas");
    }

    @Test
    void serveFailsWithoutTopics(Environment environment) throws Exception {
        Files.createDirectories(folder);
        CommandLineProcess process = CommandLineProcess.run(
                folder,
                "serve",
                "--bootstrap-server",
                environment.bootstrapServers(),
                "--schema-registry",
                environment.schemaRegistryUrl(),
                "--property",
                "topic.images=not.there");
        assertThat(process.exitValue()).isEqualTo(1);
        assertThat(process.err()).contains("missing topics: not.there").contains("digitstream topics create");
    }

    private static int unusedPort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
