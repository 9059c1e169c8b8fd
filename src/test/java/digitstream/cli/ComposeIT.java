package digitstream.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import digitstream.common.Json;
import digitstream.testing.Await;
import digitstream.testing.CommandLineProcess;
import digitstream.testing.Environment;
import digitstream.testing.Programs;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tests docker-compose.yml and the Dockerfile without Docker: Compose accepts the file, all files and flags that it names
 * exist, and the app starts with the same commands, options and environment on this machine. Does not run the images.
 */
@ExtendWith(Environment.Extension.class)
class ComposeIT {
    private static final Duration TIMEOUT = Duration.ofSeconds(90);

    /** Names of variables that hold secrets. */
    private static final Pattern SECRET =
            Pattern.compile("PASSW|SECRET|TOKEN|KEY|CREDENTIAL", Pattern.CASE_INSENSITIVE);

    /** A user name, with or without a password, in a URL. */
    private static final Pattern USER_IN_URL = Pattern.compile("://[^/@\\s\"']+@");

    @TempDir
    private Path folder;

    private final JsonNode compose =
            new YAMLMapper().readTree(Path.of("docker-compose.yml").toFile());
    private final Dockerfile dockerfile = Dockerfile.read();

    ComposeIT() throws IOException {}

    /** Returns the commands of the services that use this project's image, by service. */
    private Map<String, List<String>> commands() {
        Map<String, List<String>> commands = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> service : compose.path("services").properties()) {
            // Those services share their common settings through YAML's merge key.
            if (service.getValue().has("<<")) {
                List<String> words = new ArrayList<>();
                service.getValue().path("command").forEach(word -> words.add(word.asText()));
                commands.put(service.getKey(), words);
            }
        }
        return commands;
    }

    @Test
    void composeAcceptsTheFile() throws Exception {
        List<String> command = Programs.find("docker-compose")
                .map(program -> List.of(program.toString(), "config", "--quiet"))
                .orElse(List.of());
        assumeTrue(!command.isEmpty(), "no docker-compose on the PATH to validate the file with");
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(output).isZero();
    }

    @Test
    void everyCommandAndFlagExists() {
        Map<String, List<String>> commands = commands();
        assertThat(commands.keySet()).containsExactly("topics", "model", "serve", "dashboard", "produce");
        commands.forEach((service, words) -> {
            // Throws if a command or flag is unknown, or a required flag is missing.
            assertThat(Main.commandLine()
                            .parseArgs(words.toArray(String[]::new))
                            .hasSubcommand())
                    .as(service)
                    .isTrue();
        });
    }

    @Test
    void everyFileThatIsNamedExists() {
        List<String> files = new ArrayList<>();
        for (JsonNode service : compose.path("services")) {
            for (JsonNode volume : service.path("volumes")) {
                if (volume.asText().startsWith(".")) {
                    files.add(volume.asText().split(":", 2)[0]);
                } else {
                    assertThat(compose.path("volumes").has(volume.asText().split(":", 2)[0]))
                            .as(volume.asText())
                            .isTrue();
                }
            }
        }
        files.addAll(copied());
        assertThat(files).hasSize(13).allSatisfy(file -> assertThat(Path.of(file))
                .exists());
        // The image copies only files that the build produces.
        assertThat(dockerfile.copies())
                .filteredOn(copy -> copy.options().containsKey("from"))
                .hasSize(6)
                .allSatisfy(copy ->
                        assertThat(copy.built(CommandLineProcess.home())).exists());
    }

    /** Returns the files and folders that the Dockerfile copies from the build context. */
    private List<String> copied() {
        return dockerfile.copies().stream()
                .filter(copy -> !copy.options().containsKey("from"))
                .map(Dockerfile.Copy::source)
                .toList();
    }

    @Test
    void dockerignoreAdmitsOnlyCopiedFiles() throws IOException {
        List<String> patterns = Files.readAllLines(Path.of(".dockerignore"));
        assertThat(patterns.get(0)).isEqualTo("*");
        assertThat(patterns.subList(1, patterns.size()))
                .containsExactlyInAnyOrderElementsOf(
                        copied().stream().map(source -> "!" + source).toList());
    }

    /** Runs the build of the first stage offline, with the artifacts of this build. */
    @Test
    void firstStageCopiesAllThatItsBuildNeeds() throws Exception {
        Path stage = Files.createDirectory(folder.resolve("stage"));
        Dockerfile first = dockerfile.buildStage();
        for (Dockerfile.Copy copied : first.copies()) {
            Path to = stage.resolve(copied.target()).normalize();
            copy(Path.of(copied.source()), to.equals(stage) ? to.resolve(copied.source()) : to);
        }
        assertThat(first.all("RUN")).hasSize(2);
        for (String run : first.all("RUN")) {
            // Without Docker's options: the build uses this machine's Maven cache.
            List<String> command =
                    new ArrayList<>(List.of(run.replaceFirst("^(--\\S+ )*", "").split(" ", -1)));
            if (command.get(0).equals("mvn")) {
                command.add(1, "-o");
            }
            Process build = new ProcessBuilder(command)
                    .directory(stage.toFile())
                    .redirectErrorStream(true)
                    .start();
            String output = new String(build.getInputStream().readAllBytes(), UTF_8);
            assertThat(build.waitFor()).as(output).isZero();
        }
        assertThat(stage.resolve("target/digitstream/digitstream.jar")).exists();
        assertThat(stage.resolve("target/digitstream/lib")).isNotEmptyDirectory();
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.createDirectories(to.getParent());
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file).toString()));
            }
        }
    }

    @Test
    void holdsNoSecretsAndPublishesPortsOnLoopbackOnly() throws IOException {
        for (JsonNode service : compose.path("services")) {
            service.path("ports").forEach(port -> assertThat(port.asText()).startsWith("127.0.0.1:"));
        }
        assertThat(dockerfile.last("USER")).isEqualTo("10001:0");
        assertThat(variables())
                .contains("JAVA_TOOL_OPTIONS", "KAFKA_NODE_ID", "GF_AUTH_ANONYMOUS_ENABLED", "XDG_STATE_HOME")
                .noneMatch(name -> SECRET.matcher(name).find());
        for (String file : List.of(
                "docker-compose.yml",
                "Dockerfile",
                "monitoring/prometheus/prometheus.yml",
                "monitoring/alertmanager/alertmanager.yml",
                "monitoring/grafana/provisioning/datasources/prometheus.yml")) {
            assertThat(Files.readString(Path.of(file))).as(file).doesNotContainPattern(USER_IN_URL);
        }
    }

    /** The names of the environment variables of all services, of what they share, and of the image. */
    private Set<String> variables() {
        assertThat(compose.findValues("env_file")).isEmpty();
        Set<String> names = new TreeSet<>();
        for (JsonNode environment : compose.findValues("environment")) {
            environment.fieldNames().forEachRemaining(names::add);
            if (environment.isArray()) {
                environment.forEach(variable -> names.add(variable.asText().split("=", 2)[0]));
            }
        }
        Stream.of("ENV", "ARG")
                .flatMap(name -> dockerfile.all(name).stream())
                .flatMap(arguments -> Stream.of(arguments.split("\\s+", -1)))
                .forEach(variable -> names.add(variable.split("=", 2)[0]));
        return names;
    }

    @Test
    void servicesWaitForHealthyDependencies() {
        for (Map.Entry<String, JsonNode> service : compose.path("services").properties()) {
            for (Map.Entry<String, JsonNode> needed :
                    service.getValue().path("depends_on").properties()) {
                JsonNode other = compose.path("services").path(needed.getKey());
                if (needed.getValue().path("condition").asText().equals("service_healthy")) {
                    assertThat(other.path("healthcheck").path("test"))
                            .as(needed.getKey())
                            .isNotEmpty();
                } else {
                    assertThat(needed.getValue().path("condition").asText())
                            .isEqualTo("service_completed_successfully");
                    // A service that runs to completion must not be restarted.
                    assertThat(other.has("restart")).as(needed.getKey()).isFalse();
                }
            }
        }
    }

    @Test
    void prometheusAndGrafanaConfigurationsMatchTheServices() throws IOException {
        Set<String> targets = new TreeSet<>();
        for (JsonNode job : new YAMLMapper()
                .readTree(Path.of("monitoring/prometheus/prometheus.yml").toFile())
                .path("scrape_configs")) {
            job.findValues("targets").forEach(list -> list.forEach(target -> targets.add(target.asText())));
        }
        assertThat(targets).containsExactly("dashboard:8080", "serve:9464");
        assertThat(commands().get("serve")).contains("0.0.0.0:9464");
        assertThat(commands().get("dashboard")).contains("0.0.0.0", "8080");
        JsonNode source = new YAMLMapper()
                .readTree(Path.of("monitoring/grafana/provisioning/datasources/prometheus.yml")
                        .toFile())
                .path("datasources")
                .path(0);
        assertThat(source.path("url").asText()).isEqualTo("http://prometheus:9090");
        JsonNode provider = new YAMLMapper()
                .readTree(Path.of("monitoring/grafana/provisioning/dashboards/digitstream.yml")
                        .toFile());
        String dashboards = provider.findPath("path").asText();
        List<String> mounts = new ArrayList<>();
        compose.path("services").path("grafana").path("volumes").forEach(volume -> mounts.add(volume.asText()));
        assertThat(mounts).contains("./monitoring/grafana/dashboards:" + dashboards + ":ro");
    }

    @Test
    void appStartsWithTheSameCommandsOptionsAndEnvironment(Environment environment) throws Exception {
        run(environment, "topics", 0);
        Files.createDirectories(volume("models/lenet"));
        copyModel(environment.model(), volume("models/lenet/test"));
        assertThat(run(environment, "model", 0)).contains("Model exists: ").contains("lenet");
        int metrics = freePort();
        int page = freePort();
        try (CommandLineProcess serve = start(environment, "serve", Map.of("9464", Integer.toString(metrics)));
                CommandLineProcess dashboard =
                        start(environment, "dashboard", Map.of("8080", Integer.toString(page)))) {
            awaitHealthy(serve, "serve", metrics);
            awaitHealthy(dashboard, "dashboard", page);
            assertThat(volume("state")).isNotEmptyDirectory();
            serve.signal("TERM");
            assertThat(serve.waitFor(stopGracePeriod())).isZero();
            assertThat(isHealthy("serve", metrics)).isFalse();
        }
    }

    private Duration stopGracePeriod() {
        String period =
                compose.path("services").path("serve").path("stop_grace_period").asText();
        return PaceOptions.duration("stop_grace_period", period);
    }

    private static void copyModel(Path from, Path to) throws IOException {
        Files.createDirectories(to);
        for (String file : List.of("model.json", "model.pt")) {
            Files.copy(from.resolve(file), to.resolve(file));
        }
    }

    private String run(Environment environment, String service, int status) throws Exception {
        try (CommandLineProcess process = start(environment, service, Map.of())) {
            assertThat(process.waitFor(TIMEOUT)).as(process.err()).isEqualTo(status);
            return process.out();
        }
    }

    /** Starts the command of a service's container, with this machine's addresses and folders in place of the container's. */
    private CommandLineProcess start(Environment environment, String service, Map<String, String> ports)
            throws Exception {
        List<String> words = new ArrayList<>(Json.COMPACT.readValue(
                dockerfile.last("ENTRYPOINT"), new com.fasterxml.jackson.core.type.TypeReference<List<String>>() {}));
        words.addAll(Optional.ofNullable(commands().get(service)).orElseThrow());
        List<String> here = words.stream()
                .map(word -> word.equals("java")
                        ? Path.of(System.getProperty("java.home"), "bin", "java")
                                .toString()
                        : word)
                .map(word -> word.replace("kafka:19092", environment.bootstrapServers())
                        .replace("http://schema-registry:8081", environment.schemaRegistryUrl())
                        .replace(Dockerfile.VOLUME, volume("").toString())
                        .replace(Dockerfile.HOME, CommandLineProcess.home().toString()))
                .map(word -> ports.entrySet().stream()
                        .filter(port -> word.endsWith(port.getKey()))
                        .findFirst()
                        .map(port -> word.replace(port.getKey(), port.getValue()))
                        .orElse(word))
                .toList();
        Map<String, String> variables = dockerfile.environment().entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, variable -> variable.getValue()
                        .replace(Dockerfile.VOLUME, volume("").toString())));
        assertThat(variables).containsKeys("HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "DJL_CACHE_DIR");
        return CommandLineProcess.start(folder, here, variables);
    }

    private Path volume(String name) {
        return folder.resolve("volumes").resolve(name);
    }

    private void awaitHealthy(CommandLineProcess process, String service, int port) throws Exception {
        Await.until(service + " is healthy", TIMEOUT, () -> {
            assertThat(process.process().isAlive()).as(process.err()).isTrue();
            return isHealthy(service, port);
        });
    }

    /** Runs the health check of the service's container. */
    private boolean isHealthy(String service, int port) throws Exception {
        List<String> words = new ArrayList<>();
        compose.path("services")
                .path(service)
                .path("healthcheck")
                .path("test")
                .forEach(word -> words.add(word.asText()
                        .replace(
                                Dockerfile.HOME,
                                Path.of("scripts").toAbsolutePath().toString())
                        .replaceAll("9464|8080", Integer.toString(port))));
        assertThat(words.get(0)).isEqualTo("CMD");
        Process check = new ProcessBuilder(words.subList(1, words.size()))
                .redirectErrorStream(true)
                .start();
        check.getInputStream().readAllBytes();
        return check.waitFor() == 0;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
