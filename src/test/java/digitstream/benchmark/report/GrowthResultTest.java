package digitstream.benchmark.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import digitstream.benchmark.result.GrowthPlan;
import digitstream.benchmark.result.GrowthPoint;
import digitstream.benchmark.result.GrowthResult;
import digitstream.benchmark.result.LatencyOutcome;
import digitstream.benchmark.result.Machine;
import digitstream.benchmark.result.Outcome;
import digitstream.benchmark.result.Quantiles;
import digitstream.benchmark.result.StateOutcome;
import digitstream.common.Json;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class GrowthResultTest {
    private static final LatencyOutcome LATENCY =
            LatencyOutcome.of(new LatencyOutcome.Load(0, 8_000, new Quantiles(40, 50, 60, 70, 80)));
    private static final GrowthPoint MEASURED = new GrowthPoint(4, new Outcome.Measured(91_918), Optional.of(LATENCY));
    private static final GrowthPoint VOID =
            new GrowthPoint(32, new Outcome.Inexact("3 images missing, 0 doubled"), Optional.of(LATENCY));
    private static final GrowthPoint LATE = new GrowthPoint(
            1,
            new Outcome.Measured(6_300),
            Optional.of(LatencyOutcome.failed("failed: <images> are still missing after 30 s")));
    private static final StateOutcome STATE =
            StateOutcome.of(60, 18_000_000, new StateOutcome.Size(1_234_567_890L, 2_000_000_000L, 4.2, 5.1, 23.4));

    private static GrowthResult result(List<GrowthPoint> partitions, StateOutcome... states) {
        return new GrowthResult(
                Instant.EPOCH,
                12,
                new Machine("a processor with a name", 2, "Linux", "17"),
                GrowthPlan.full(GrowthPlan.SERIES, 600_000),
                partitions,
                List.of(LATE),
                List.of(new GrowthPoint(1_000_000, new Outcome.Measured(90_000), Optional.empty())),
                Optional.of(new GrowthResult.Bytes(852.4, 71.6)),
                List.of(states));
    }

    @Test
    void aPointWithAFaultHasNoFigureAndSpoilsTheResult() {
        assertThat(VOID.perSecond()).isEmpty();
        assertThat(VOID.millis()).isPresent();
        assertThat(LATE.millis()).isEmpty();
        assertThat(LATE.problems()).containsExactly("latency: failed: <images> are still missing after 30 s");
        GrowthResult sound = new GrowthResult(
                Instant.EPOCH,
                1,
                new Machine("", 1, "", ""),
                GrowthPlan.full(GrowthPlan.SERIES, 1),
                List.of(MEASURED),
                List.of(),
                List.of(),
                Optional.empty(),
                List.of(STATE));
        assertThat(sound.isSound()).isTrue();
        assertThat(result(List.of(MEASURED)).isSound()).isFalse();
    }

    @Test
    void theTextHasEightyColumns() {
        String text = GrowthText.of(result(
                List.of(MEASURED, VOID), STATE, StateOutcome.failed(10, 3_000_000, "failed: " + "why ".repeat(40))));
        assertThat(text.lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
        assertThat(text)
                .contains(
                        "91,918", "void: 3 images missing", "60.0", "18,000,000", "1,235", "23.4", "why", "852", "72");
    }

    @Test
    void theJsonHasEveryFigureOrItsProblem() throws Exception {
        JsonNode json = Json.INDENTED.readTree(GrowthJson.of(result(List.of(MEASURED, VOID), STATE)));
        assertThat(json.get("sound").asBoolean()).isFalse();
        assertThat(json.at("/partitions/0/imagesPerSecond").asDouble()).isEqualTo(91_918);
        assertThat(json.at("/partitions/0/latencyMillis/p99").asDouble()).isEqualTo(60);
        assertThat(json.at("/partitions/0").has("problems")).isFalse();
        assertThat(json.at("/partitions/1").has("imagesPerSecond")).isFalse();
        assertThat(json.at("/partitions/1/problems/0").asText()).startsWith("void");
        assertThat(json.at("/states/0/size/changelogBytes").asLong()).isEqualTo(2_000_000_000L);
        assertThat(json.at("/bytesPerRecord/image").asDouble()).isEqualTo(852.4);
    }

    @Test
    void thePageEscapesTextsAndShowsEverySeries() {
        String html = GrowthPage.of(result(List.of(MEASURED, VOID), STATE));
        assertThat(html)
                .contains("91,918", "void: 3 images missing", "&lt;images&gt;", "<polyline", "<circle", "23.4")
                .contains("Partitions", "Batches", "Records", "State of scoring", "Bytes", "prefers-color-scheme: dark")
                .doesNotContain("<images>", "<script");
    }
}
