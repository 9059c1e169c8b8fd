package digitstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import digitstream.client.ProducePlan;
import digitstream.common.Json;
import digitstream.settings.Settings;
import digitstream.testing.CommandLineProcess;
import digitstream.testing.Environment;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The command line as a user sees it: results on standard output, and one line per error on standard error. {@link WrongValuesTest}
 * has a wrong value for every flag.
 */
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
                List.of("1", "--data is nowhere, which does not exist", "train", "--data", "nowhere"),
                List.of("1", "there is no model lenet in", "evaluate"),
                List.of("2", "batch.max.size is '0'", "demo", "--property", "batch.max.size=0"),
                List.of("2", "'tpu' is no device", "train", "--device", "tpu"),
                List.of("1", "--summary /dev/null/x can't be written", "demo", "--summary", "/dev/null/x"),
                List.of("1", "--device is gpu:99, but PyTorch", "train", "--device", "gpu:99"),
                List.of("1", "nowhere is not a model", "model", "describe", "nowhere"));
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
    void givesTheTopicOfChallengersThePartitionsThatPredictionsHave(Environment environment) throws Exception {
        Map<String, String> given = new HashMap<>(environment.freshTopics());
        int partitions = Settings.parse(given).layout().partitions();
        given.put("topics.partitions", Integer.toString(partitions + 1));
        given.put("topic.challenger.predictions", "added.challengers");
        List<String> arguments =
                new ArrayList<>(List.of("topics", "create", "--bootstrap-server", environment.bootstrapServers()));
        given.forEach((name, value) -> arguments.addAll(List.of("--property", name + "=" + value)));
        CommandLineProcess created = CommandLineProcess.run(folder, arguments.toArray(String[]::new));
        assertThat(created.out()).contains("added.challengers: created");
        assertThat(created.exitValue()).as(created.err()).isZero();
    }

    @Test
    void topicsCreateFailsIfTheTopologiesCannotUseTheTopics(Environment environment) throws Exception {
        List<String> arguments =
                new ArrayList<>(List.of("topics", "create", "--bootstrap-server", environment.bootstrapServers()));
        environment.freshTopics().forEach((name, value) -> arguments.addAll(List.of("--property", name + "=" + value)));
        CommandLineProcess created = CommandLineProcess.run(folder, arguments.toArray(String[]::new));
        assertThat(created.exitValue()).as(created.err()).isZero();

        arguments.addAll(List.of("--property", "topic.labels=few.labels", "--property", "topics.partitions=2"));
        CommandLineProcess mixed = CommandLineProcess.run(folder, arguments.toArray(String[]::new));
        assertThat(mixed.err()).contains("few.labels has 2 and ");
        assertThat(mixed.exitValue()).isEqualTo(1);
    }

    @Test
    void neverPrintsThePasswordOfTheRegistry(Environment environment) throws Exception {
        String address = "127.0.0.1:" + unusedPort();
        Path config = Files.writeString(
                folder.resolve("secret.properties"),
                """
                basic.auth.user.info=user:hunter2
                ssl.key.password=hunter2
                sasl.jaas.config=x required username=user password=hunter2;
                """);
        CommandLineProcess process = CommandLineProcess.start(
                folder,
                List.of("-Ddigitstream.log.level=DEBUG"),
                "tail",
                "labels",
                "--verbose",
                "--bootstrap-server",
                environment.bootstrapServers(),
                "--command-config",
                config.toString(),
                "--schema-registry",
                "http://user:hunter2@" + address);
        assertThat(process.waitFor(Duration.ofMinutes(1))).isEqualTo(1);
        assertThat(process.err())
                .contains("the schema registry at http://" + address, "not reachable", "\tat digitstream.cli.");
        assertThat(process.out() + process.err()).doesNotContain("hunter2");
    }

    @Test
    void masksUrlsInTheLogAndItsStackTraces() throws Exception {
        CommandLineProcess process = CommandLineProcess.start(
                folder,
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        CommandLineProcess.home().resolve("digitstream.jar") + ":target/test-classes:"
                                + Path.of("target/test-classes").toAbsolutePath(),
                        LoggingProgram.class.getName()),
                Map.of());
        assertThat(process.waitFor(Duration.ofMinutes(1))).isZero();
        assertThat(process.err())
                .contains(
                        "WARN",
                        "asking http://***@host, http://***@two/x failed",
                        "IllegalStateException: http://***@host")
                .containsOnlyOnce("at digitstream.cli.CommandLineIT")
                .doesNotContain("hunter2");
    }

    /** Logs a password, as a library might. */
    static final class LoggingProgram {
        public static void main(String[] arguments) {
            org.slf4j.LoggerFactory.getLogger(LoggingProgram.class)
                    .warn(
                            "asking {} failed",
                            "http://user:hunter2@host, http://user:hunter2@two/x",
                            new IllegalStateException("http://user:hunter2@host"));
        }
    }

    @Test
    void reportsThatTheHeapIsFullInOneLine(Environment environment) throws Exception {
        CommandLineProcess process = CommandLineProcess.start(
                folder,
                List.of("-Xmx24m"),
                "evaluate",
                "--model",
                environment.model().toString(),
                "--data",
                drawings());
        assertThat(process.waitFor(Duration.ofMinutes(1))).isEqualTo(1);
        assertThat(process.err().lines().filter(line -> line.startsWith("digitstream: ")))
                .singleElement()
                .asString()
                .contains("out of memory", "-Xmx", "DIGITSTREAM_OPTS");
        assertThat(process.err()).doesNotContain("\tat ");
    }

    /** Writes a data set of 200 MB, which takes no time because its files have holes. */
    private String drawings() throws IOException {
        for (String part : List.of("train", "t10k")) {
            try (RandomAccessFile images = new RandomAccessFile(
                            folder.resolve(part + "-images-idx3-ubyte").toFile(), "rw");
                    RandomAccessFile labels = new RandomAccessFile(
                            folder.resolve(part + "-labels-idx1-ubyte").toFile(), "rw")) {
                int count = 130_000;
                for (int header : new int[] {0x803, count, 28, 28}) {
                    images.writeInt(header);
                }
                images.setLength(16 + 28L * 28 * count);
                labels.writeInt(0x801);
                labels.writeInt(count);
                labels.setLength(8 + count);
            }
        }
        return folder.toString();
    }

    @Test
    void usesNoFolderWithTheNameOfAnUnknownHome(Environment environment) throws Exception {
        CommandLineProcess serve = withoutHome(
                "serve",
                "--only",
                "score",
                "--bootstrap-server",
                "127.0.0.1:" + unusedPort(),
                "--schema-registry",
                "http://127.0.0.1:1");
        assertThat(serve.exitValue()).isEqualTo(1);
        assertThat(serve.err())
                .contains("there is no writable home folder, so files go to " + folder, "set HOME or XDG_STATE_HOME")
                .contains("check --bootstrap-server");

        // PyTorch, and JNA below it, have files of their own.
        CommandLineProcess model =
                withoutHome("model", "describe", environment.model().toString());
        assertThat(model.exitValue()).as(model.err()).isZero();
        assertThat(folder.resolve("?")).doesNotExist();
    }

    private CommandLineProcess withoutHome(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                "env",
                "-u",
                "HOME",
                "-u",
                "XDG_STATE_HOME",
                "-u",
                "XDG_CACHE_HOME",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Duser.home=?",
                "-Djava.io.tmpdir=" + folder,
                "-jar",
                CommandLineProcess.home().resolve("digitstream.jar").toString()));
        command.addAll(List.of(arguments));
        CommandLineProcess process = CommandLineProcess.start(folder, command, Map.of());
        process.waitFor(Duration.ofMinutes(1));
        return process;
    }

    @Test
    void reportsMissingLibrariesInOneLine() throws Exception {
        Path jar = Files.copy(CommandLineProcess.home().resolve("digitstream.jar"), folder.resolve("alone.jar"));
        CommandLineProcess process = CommandLineProcess.start(
                folder,
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-jar", jar.toString()),
                Map.of());
        assertThat(process.waitFor(Duration.ofMinutes(1))).isEqualTo(1);
        assertThat(process.err().lines())
                .singleElement()
                .asString()
                .startsWith("digitstream: a class is missing")
                .contains("build it again with `mvn clean package`");
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
                "--model",
                environment.model().toString(),
                "--property",
                "topic.images=not.there");
        assertThat(process.exitValue()).isEqualTo(1);
        assertThat(process.err()).contains("missing topics: not.there").contains("digitstream topics create");
    }

    private static int unusedPort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
