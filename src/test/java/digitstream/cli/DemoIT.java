package digitstream.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import digitstream.common.Json;
import digitstream.testing.Await;
import digitstream.testing.CommandLineProcess;
import digitstream.testing.Environment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
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
                folder, List.of("-Djava.io.tmpdir=" + temporary), "demo", "--rate", "300", "--summary", "s.json");
        Await.until("ready", Duration.ofSeconds(60), () -> demo.out().contains("Ready after"));
        // The view prints a line after five seconds: by then images are in flight and labels are pending.
        Await.until(
                "a line of figures", Duration.ofSeconds(30), () -> demo.out().contains("accuracy"));
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
