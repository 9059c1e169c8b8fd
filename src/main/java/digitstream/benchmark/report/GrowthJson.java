package digitstream.benchmark.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import digitstream.benchmark.result.GrowthPoint;
import digitstream.benchmark.result.GrowthResult;
import digitstream.benchmark.result.StateOutcome;
import digitstream.common.Json;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Formats how cost grows as JSON. A point without its figures has {@code problems} instead. */
public final class GrowthJson {
    private GrowthJson() {}

    /** Returns the JSON, indented. */
    public static String of(GrowthResult result) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("startedAt", result.startedAt().toString());
        all.put("seconds", result.seconds());
        all.put("machine", result.machine());
        all.put("quick", result.plan().quick());
        all.put("images", result.plan().images());
        all.put("sound", result.isSound());
        all.put("partitionsLatencyImagesPerSecond", result.plan().partitionsPerSecond());
        all.put("partitions", points("partitions", result.partitions()));
        all.put("batchesLatencyImagesPerSecond", result.plan().batchesPerSecond());
        all.put("batches", points("batchMaxSize", result.batches()));
        all.put("records", points("upToImage", result.records()));
        all.put("stateImagesPerSecond", result.plan().statePerSecond());
        all.put("states", result.states().stream().map(GrowthJson::state).toList());
        result.bytes().ifPresent(bytes -> all.put("bytesPerRecord", bytes));
        try {
            return Json.INDENTED.writeValueAsString(all) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("maps of numbers and texts have JSON", e);
        }
    }

    private static List<Map<String, Object>> points(String varied, List<GrowthPoint> points) {
        return points.stream()
                .map(point -> {
                    Map<String, Object> all = new LinkedHashMap<>();
                    all.put(varied, point.value());
                    List<String> problems = point.problems().toList();
                    if (!problems.isEmpty()) {
                        all.put("problems", problems);
                    }
                    point.perSecond().ifPresent(known -> all.put("imagesPerSecond", known));
                    point.millis().ifPresent(known -> all.put("latencyMillis", known));
                    return all;
                })
                .toList();
    }

    private static Map<String, Object> state(StateOutcome state) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("minutes", state.minutes());
        all.put("images", state.images());
        if (!state.problem().isEmpty()) {
            all.put("problems", List.of(state.problem()));
        }
        state.size().ifPresent(size -> all.put("size", size));
        return all;
    }
}
