package digitstream.benchmark.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import digitstream.benchmark.load.Cluster;
import digitstream.benchmark.result.BenchResult;
import digitstream.benchmark.result.Figure;
import digitstream.benchmark.result.LatencyResult;
import digitstream.benchmark.result.Outcome;
import digitstream.benchmark.result.RowResult;
import digitstream.common.Json;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Formats a result as JSON. A row without a figure has a {@code problem} instead. */
public final class BenchJson {
    private BenchJson() {}

    /** Returns the JSON, indented. */
    public static String of(BenchResult result) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("startedAt", result.startedAt().toString());
        all.put("seconds", result.seconds());
        all.put("machine", result.machine());
        all.put("plan", result.plan());
        all.put("partitions", Cluster.PARTITIONS);
        all.put("sound", result.isSound());
        all.put("ratios", result.ratios());
        all.put("rows", result.rows().stream().map(BenchJson::row).toList());
        all.put("latencies", result.latencies().stream().map(BenchJson::latency).toList());
        try {
            return Json.INDENTED.writeValueAsString(all) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("maps of numbers and texts have JSON", e);
        }
    }

    private static Map<String, Object> row(RowResult row) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("id", row.id());
        all.put("title", row.title());
        row.problem().ifPresent(problem -> all.put("problem", problem));
        put(all, "imagesPerSecond", row.figure());
        List<Double> rounds = row.rounds().stream()
                .filter(Outcome.Measured.class::isInstance)
                .map(outcome -> ((Outcome.Measured) outcome).perSecond())
                .toList();
        all.put("rounds", rounds);
        return all;
    }

    private static Map<String, Object> latency(LatencyResult latency) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("id", latency.id());
        all.put("title", latency.title());
        latency.problem().ifPresent(problem -> all.put("problem", problem));
        put(all, "maxImagesPerSecond", latency.maxPerSecond());
        all.put("loads", latency.loads().stream().map(BenchJson::load).toList());
        put(all, "loneWaitMeanMillis", latency.waitMean());
        return all;
    }

    private static Map<String, Object> load(LatencyResult.Load load) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("title", load.title());
        all.put("share", load.share());
        put(all, "imagesPerSecond", load.perSecond());
        all.put("p50Millis", load.p50());
        all.put("p95Millis", load.p95());
        all.put("p99Millis", load.p99());
        all.put("p999Millis", load.p999());
        all.put("maxMillis", load.max());
        return all;
    }

    private static void put(Map<String, Object> all, String name, Optional<Figure> figure) {
        figure.ifPresent(known -> all.put(name, known));
    }
}
