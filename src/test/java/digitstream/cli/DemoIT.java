package digitstream.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import digitstream.common.Json;
import digitstream.testing.Await;
import digitstream.testing.CommandLineProcess;
import digitstream.testing.Environment;
import digitstream.testing.Programs;
import digitstream.testing.Screen;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Runs the demo as a process, as a user does. */
@ExtendWith(Environment.Extension.class)
class DemoIT {
    @TempDir
    private Path folder;

    /** The program's folder for temporary files, to check that none are left. */
    private Path temporary;

    @BeforeEach
    void copyTrainedModel(Environment environment) throws Exception {
        Path version = folder.resolve("models/lenet/test");
        Files.createDirectories(version);
        for (String file : List.of("model.pt", "model.json")) {
            Files.copy(environment.model().resolve(file), version.resolve(file));
        }
        temporary = Files.createDirectory(folder.resolve("tmp"));
    }

    @Test
    void predictsAndScoresEachImageOnceAndAgreesWithEvaluate() throws Exception {
        int images = 5_000;
        CommandLineProcess demo = CommandLineProcess.start(
                folder,
                List.of("-Djava.io.tmpdir=" + temporary),
                "demo",
                "--images",
                Integer.toString(images),
                "--rate",
                "2000",
                "--label-delay",
                "500ms",
                "--summary",
                "s.json");
        assertThat(demo.waitFor(Duration.ofMinutes(2)))
                .as(demo.out() + demo.err())
                .isZero();

        JsonNode summary = Json.COMPACT.readTree(folder.resolve("s.json").toFile());
        assertThat(summary.get("produced").asInt()).isEqualTo(images);
        assertThat(summary.get("predicted").asInt()).isEqualTo(images);
        assertThat(summary.get("scored").asInt()).isEqualTo(images);
        for (String none : List.of("missing", "duplicates", "deadLettered")) {
            assertThat(summary.get(none).asInt()).as(none).isZero();
        }
        assertThat(summary.get("modelVersion").asText()).isEqualTo("test");
        assertThat(summary.get("imagesPerSecond").asDouble()).isPositive();
        assertThat(summary.get("latencyP99Ms").asLong())
                .isGreaterThanOrEqualTo(summary.get("latencyP50Ms").asLong());
        assertThat(demo.out())
                .contains("5,000 images produced, 5,000 predicted: 0 missing, 0 duplicated, 0 dead letters")
                .containsPattern("(?m)^Dashboard: http://127\\.0\\.0\\.1:\\d+/$");
        assertNoProcessesOrFilesRemain();

        CommandLineProcess evaluate =
                CommandLineProcess.run(folder, "evaluate", "--json", "--limit", Integer.toString(images));
        assertThat(evaluate.exitValue()).as(evaluate.err()).isZero();
        // Both the demo and evaluate use the first images of the test set.
        assertThat(summary.get("accuracy").asDouble())
                .isCloseTo(Json.COMPACT.readTree(evaluate.out()).get("accuracy").asDouble(), within(0.002));
    }

    @Test
    void stopsGracefullyOnCtrlC() throws Exception {
        CommandLineProcess demo = CommandLineProcess.start(
                folder,
                List.of("-Djava.io.tmpdir=" + temporary),
                "demo",
                "--rate",
                "300",
                "--metrics",
                "0",
                "--summary",
                "s.json");
        Await.until("ready", Duration.ofSeconds(60), () -> demo.out().contains("Ready after"));
        // The view prints a line after five seconds: by then images are in flight and labels are pending.
        Await.until(
                "a line of figures", Duration.ofSeconds(30), () -> demo.out().contains("accuracy"));
        String metrics = demo.out()
                .lines()
                .filter(line -> line.startsWith("Metrics: "))
                .findFirst()
                .orElseThrow()
                .substring(9);
        assertThat(metrics).matches("http://127\\.0\\.0\\.1:[0-9]+/metrics");
        Await.until(
                "the pipeline's metrics",
                Duration.ofSeconds(30),
                () -> sum(metrics, "digits_accuracy_labelled{") > 0 && sum(metrics, "digits_predictions_total{") > 0);
        assertThat(sum(metrics, "digits_topology_running{")).isEqualTo(2);
        demo.signal("INT");
        assertThat(demo.waitFor(Duration.ofSeconds(60)))
                .as(demo.out() + demo.err())
                .isZero();

        JsonNode summary = Json.COMPACT.readTree(folder.resolve("s.json").toFile());
        assertThat(summary.get("produced").asInt()).isGreaterThan(500);
        assertThat(summary.get("predicted")).isEqualTo(summary.get("produced"));
        assertThat(summary.get("scored")).isEqualTo(summary.get("produced"));
        assertNoProcessesOrFilesRemain();
    }

    /** The sum of the series whose lines start with a text. */
    private static double sum(String url, String start) throws Exception {
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString())
                .body()
                .lines()
                .filter(line -> line.startsWith(start))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    @Test
    void refusesAPortForTheMetricsThatIsInUse() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            CommandLineProcess demo =
                    CommandLineProcess.run(folder, "demo", "--metrics", Integer.toString(taken.getLocalPort()));
            assertThat(demo.exitValue()).isEqualTo(1);
            assertThat(demo.err())
                    .hasLineCount(1)
                    .contains("--metrics is 127.0.0.1:" + taken.getLocalPort() + ": the port is in use");
            assertThat(demo.out()).isEmpty();
        }
    }

    @Test
    void showsEachLineOnceOnATerminalOf80Columns() throws Exception {
        assumeTrue(Programs.find("script").isPresent(), "script is not installed");
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        CommandLineProcess demo = CommandLineProcess.start(
                folder,
                List.of(
                        "script",
                        "-qec",
                        "stty cols 80 rows 24 && exec " + ShellWord.of(java) + " -Ddigitstream.terminal=true"
                                + " -Ddigitstream.home="
                                + ShellWord.of(CommandLineProcess.home().toString())
                                + " -Djava.io.tmpdir=" + temporary + " -jar "
                                + ShellWord.of(CommandLineProcess.home()
                                        .resolve("digitstream.jar")
                                        .toString())
                                + " demo --images 3000 --no-dashboard",
                        "/dev/null"),
                Map.of("TERM", "xterm"));
        assertThat(demo.waitFor(Duration.ofMinutes(2))).as(demo.out()).isZero();

        assertThat(demo.out()).containsPattern("\033\\[[0-9]+A\033\\[J");
        Screen screen = new Screen(80, 24);
        screen.print(demo.out());
        for (String label : List.of("images  ", "accuracy", "latency", "batch")) {
            assertThat(screen.text())
                    .filteredOn(line -> line.startsWith("  " + label))
                    .as(label)
                    .hasSize(1);
        }
        assertThat(screen.text()).anyMatch(line -> line.startsWith("Ready after"));
    }

    @Test
    void itsServersExitWhenItIsKilled() throws Exception {
        CommandLineProcess demo =
                CommandLineProcess.start(folder, List.of("-Djava.io.tmpdir=" + temporary), "demo", "--rate", "100");
        Await.until("ready", Duration.ofSeconds(60), () -> demo.out().contains("Ready after"));
        List<ProcessHandle> children = demo.process().descendants().toList();
        assertThat(children).hasSizeGreaterThanOrEqualTo(3);
        demo.signal("KILL");
        Await.until("the servers are gone", Duration.ofSeconds(30), () -> children.stream()
                .noneMatch(ProcessHandle::isAlive));
    }

    private void assertNoProcessesOrFilesRemain() throws Exception {
        assertThat(ProcessHandle.allProcesses()
                        .filter(process ->
                                process.info().commandLine().orElse("").contains(temporary.toString())))
                .isEmpty();
        try (Stream<Path> left = Files.list(temporary)) {
            assertThat(left.filter(path -> path.getFileName().toString().startsWith("digitstream")))
                    .isEmpty();
        }
    }
}
