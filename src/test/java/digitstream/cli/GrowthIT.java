package digitstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import digitstream.common.Json;
import digitstream.testing.CommandLineProcess;
import digitstream.testing.Environment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Measures growth for completeness and exactness, never for speed. */
@ExtendWith(Environment.Extension.class)
class GrowthIT {
    @TempDir
    private Path folder;

    @Test
    void measuresEverySeriesAndCountsEachImageOnce(Environment environment) throws Exception {
        Path version = Files.createDirectories(folder.resolve("models/lenet/test"));
        for (String file : List.of("model.pt", "model.json")) {
            Files.copy(environment.model().resolve(file), version.resolve(file));
        }
        CommandLineProcess growth = CommandLineProcess.start(
                folder,
                List.of(),
                "bench",
                "--growth",
                "--quick",
                "--output",
                "out",
                "--bootstrap-server",
                environment.bootstrapServers(),
                "--schema-registry",
                environment.schemaRegistryUrl());
        assertThat(growth.waitFor(Duration.ofMinutes(10)))
                .as(growth.out() + growth.err())
                .isZero();

        JsonNode result =
                Json.INDENTED.readTree(folder.resolve("out/growth.json").toFile());
        assertThat(result.get("sound").asBoolean()).isTrue();
        for (String series : List.of("partitions", "batches")) {
            assertThat(result.get(series)).hasSize(1).allSatisfy(point -> {
                assertThat(point.get("imagesPerSecond").asDouble()).isPositive();
                assertThat(point.at("/latencyMillis/p99").asDouble())
                        .isGreaterThanOrEqualTo(point.at("/latencyMillis/p50").asDouble())
                        .isPositive();
            });
        }
        assertThat(result.get("records")).hasSize(3).allSatisfy(point -> assertThat(
                        point.get("imagesPerSecond").asDouble())
                .isPositive());
        assertThat(result.get("states")).hasSize(1).allSatisfy(state -> {
            assertThat(state.get("images").asInt()).isEqualTo(3_000);
            assertThat(state.at("/size/diskBytes").asLong()).isPositive();
            // An image has at least its id there.
            assertThat(state.at("/size/changelogBytes").asLong()).isGreaterThan(3_000 * 15);
            assertThat(state.at("/size/restartSeconds").asDouble()).isPositive();
            assertThat(state.at("/size/restoreSeconds").asDouble()).isPositive();
        });
        // An image has 784 pixels.
        assertThat(result.at("/bytesPerRecord/image").asDouble()).isBetween(784.0, 1_200.0);
        assertThat(result.at("/bytesPerRecord/prediction").asDouble()).isBetween(20.0, 300.0);

        assertThat(growth.out().lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
        assertThat(Files.readString(folder.resolve("out/growth.html"))).contains("<svg", "</html>");
        assertThat(environment.admin().listTopics().names().get())
                .noneMatch(topic -> topic.startsWith("digitstream-bench"));
    }
}
