package digitstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import digitstream.benchmark.Bench;
import digitstream.common.Json;
import digitstream.testing.Await;
import digitstream.testing.CommandLineProcess;
import digitstream.testing.Environment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Runs the benchmark for completeness and exactness, never for speed. */
@ExtendWith(Environment.Extension.class)
class BenchIT {
    private static final String FLINK = "flink";

    @TempDir
    private Path folder;

    /** The program's folder for temporary files, to check that none are left. */
    private Path temporary;

    @BeforeEach
    void copyTrainedModel(Environment environment) throws Exception {
        Path version = Files.createDirectories(folder.resolve("models/lenet/test"));
        for (String file : List.of("model.pt", "model.json")) {
            Files.copy(environment.model().resolve(file), version.resolve(file));
        }
        temporary = Files.createDirectory(folder.resolve("tmp"));
    }

    @Test
    void measuresEveryRowAndCountsEachImageOnce(Environment environment) throws Exception {
        CommandLineProcess bench = start(
                "--quick",
                "--images",
                "5000",
                "--output",
                "out",
                "--bootstrap-server",
                environment.bootstrapServers(),
                "--schema-registry",
                environment.schemaRegistryUrl());
        assertThat(bench.waitFor(Duration.ofMinutes(15)))
                .as(bench.out() + bench.err())
                .isZero();

        JsonNode result =
                Json.INDENTED.readTree(folder.resolve("out/bench.json").toFile());
        assertThat(result.get("sound").asBoolean()).isTrue();
        Set<String> rows = new HashSet<>();
        for (JsonNode row : result.get("rows")) {
            String id = row.get("id").asText();
            rows.add(id.startsWith("inference-") ? "inference" : id);
            if (!id.equals(FLINK) || !row.has("problem")) {
                assertThat(row.has("problem")).as(row.toString()).isFalse();
                assertThat(row.get("imagesPerSecond").get("median").asDouble()).isPositive();
                assertThat(row.get("rounds")).hasSize(1);
            }
        }
        for (JsonNode latency : result.get("latencies")) {
            rows.add(latency.get("id").asText());
            assertThat(latency.has("problem")).as(latency.toString()).isFalse();
            assertThat(latency.get("maxImagesPerSecond").get("median").asDouble())
                    .isPositive();
            assertThat(latency.get("loads")).hasSize(5).allSatisfy(load -> assertThat(
                            load.get("p99Millis").get("median").asDouble())
                    .isGreaterThanOrEqualTo(load.get("p50Millis").get("median").asDouble())
                    .isPositive());
        }
        assertThat(rows).containsAll(Bench.quickRows());
        assertThat(result.get("ratios")).isNotEmpty();
        assertThat(bench.out().lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
        assertThat(Files.readString(folder.resolve("out/bench.html")))
                .contains("<svg", "prefers-color-scheme: dark", "</html>")
                .doesNotContain("<script", "src=");
        assertThat(environment.admin().listTopics().names().get())
                .noneMatch(topic -> topic.startsWith("digitstream-bench"));
        assertNoProcessesOrFilesRemain();
    }

    @Test
    void leavesNothingBehindAfterCtrlC() throws Exception {
        CommandLineProcess bench = start("--rows", "loop");
        Await.until("a process under test", Duration.ofMinutes(3), () -> ProcessHandle.allProcesses()
                .anyMatch(process -> commandLine(process).contains(temporary.toString()) && isUnderTest(process)));
        bench.signal("INT");
        assertThat(bench.waitFor(Duration.ofMinutes(2)))
                .as(bench.out() + bench.err())
                .isEqualTo(1);
        assertThat(bench.err()).endsWith("digitstream: interrupted; there is no result\n");
        assertNoProcessesOrFilesRemain();
    }

    private CommandLineProcess start(String... flags) throws Exception {
        return CommandLineProcess.start(
                folder,
                List.of("-Djava.io.tmpdir=" + temporary),
                Stream.concat(Stream.of("bench"), Stream.of(flags)).toArray(String[]::new));
    }

    private static boolean isUnderTest(ProcessHandle process) {
        return commandLine(process).contains("TransactionalLoop");
    }

    private static String commandLine(ProcessHandle process) {
        return process.info().commandLine().orElse("");
    }

    private void assertNoProcessesOrFilesRemain() throws Exception {
        assertThat(ProcessHandle.allProcesses()
                        .filter(process -> commandLine(process).contains(temporary.toString())))
                .isEmpty();
        try (Stream<Path> left = Files.list(temporary)) {
            assertThat(left.filter(path -> path.getFileName().toString().startsWith("digitstream")))
                    .isEmpty();
        }
    }
}
