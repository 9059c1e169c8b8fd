package digitstream.benchmark.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import digitstream.benchmark.result.BenchPlan;
import digitstream.benchmark.result.BenchResult;
import digitstream.benchmark.result.Figure;
import digitstream.benchmark.result.LatencyOutcome;
import digitstream.benchmark.result.LatencyResult;
import digitstream.benchmark.result.Machine;
import digitstream.benchmark.result.Outcome;
import digitstream.benchmark.result.Quantiles;
import digitstream.benchmark.result.Ratio;
import digitstream.benchmark.result.RowId;
import digitstream.benchmark.result.RowResult;
import digitstream.common.Json;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class BenchResultTest {
    private static final RowResult LOOP = measured(RowId.LOOP, "the <loop>", 100, 200, 400);
    private static final RowResult OURS = measured(RowId.EXACTLY_ONCE, "ours", 150, 200, 800);
    private static final RowResult VOID = new RowResult(
            "batch-64",
            "batches of 64",
            List.of(new Outcome.Measured(1), new Outcome.Inexact("3 images missing, 0 doubled")));
    private static final RowResult SKIPPED =
            new RowResult(RowId.FLINK, "Flink", List.of(new Outcome.Skipped("not built: mvn package -Pflink")));

    private static RowResult measured(String id, String title, double... perSecond) {
        return new RowResult(
                id,
                title,
                Arrays.stream(perSecond)
                        .mapToObj(value -> (Outcome) new Outcome.Measured(value))
                        .toList());
    }

    private static BenchResult result(RowResult... rows) {
        LatencyOutcome.Lone lone =
                new LatencyOutcome.Lone(new Quantiles(20, 21, 22, 23, 24), new Quantiles(18, 19, 20, 21, 22), 19.5);
        List<LatencyOutcome.Load> loads = LatencyOutcome.LOADS.stream()
                .map(share -> new LatencyOutcome.Load(share, 1_000 * share, new Quantiles(5, 6, 7, 8, 4_321)))
                .toList();
        LatencyResult latency = LatencyResult.of(
                RowId.LATENCY_EXACTLY_ONCE,
                "latency, exactly-once",
                List.of(new LatencyOutcome("", 1_000, loads, lone)));
        return new BenchResult(
                Instant.EPOCH,
                12,
                new Machine("a processor with a name", 2, "Linux", "17"),
                new BenchPlan(1_000, 3, 1, false, List.of(RowId.LOOP, RowId.EXACTLY_ONCE)),
                List.of(Ratio.of(OURS, LOOP).orElseThrow()),
                List.of(rows),
                List.of(latency));
    }

    @Test
    void takesTheRatioInEachRound() {
        Figure ratio = Ratio.of(OURS, LOOP).orElseThrow().figure();
        assertThat(ratio).isEqualTo(new Figure(1.5, 1, 2));
        assertThat(Ratio.of(OURS, VOID)).isEmpty();
    }

    @Test
    void aRowWithOneInexactRoundHasNoFigure() {
        assertThat(VOID.figure()).isEmpty();
        assertThat(VOID.problem()).contains("void: 3 images missing, 0 doubled");
        assertThat(result(LOOP, OURS, VOID).isSound()).isFalse();
        assertThat(result(LOOP, OURS, SKIPPED).isSound()).isTrue();
    }

    @Test
    void theTextHasEightyColumns() {
        RowResult failed = new RowResult(
                "both", "both", List.of(new Outcome.Failed("stopped: " + "a long reason in many words ".repeat(8))));
        String text = BenchText.of(result(LOOP, OURS, VOID, SKIPPED, failed));
        assertThat(text.lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
        assertThat(text).contains("1.50 (1.00 to 2.00)", "void: 3 images missing", "not built", "p99.9");
    }

    @Test
    void theJsonHasAllRounds() throws Exception {
        JsonNode json = Json.INDENTED.readTree(BenchJson.of(result(LOOP, OURS, VOID)));
        assertThat(json.get("sound").asBoolean()).isFalse();
        assertThat(json.get("rows").get(0).get("rounds")).hasSize(3);
        assertThat(json.get("rows").get(2).get("problem").asText()).startsWith("void");
        assertThat(json.get("rows").get(2).has("imagesPerSecond")).isFalse();
    }

    @Test
    void thePageEscapesTextsAndShowsEveryRow() {
        String html = BenchPage.of(result(LOOP, OURS, VOID, SKIPPED));
        assertThat(html)
                .contains("the &lt;loop&gt;", "void: 3 images missing", "<polyline", "4,321")
                .doesNotContain("the <loop>");
    }
}
