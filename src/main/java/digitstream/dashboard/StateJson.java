package digitstream.dashboard;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import digitstream.avro.Accuracy;
import digitstream.client.RecordJson;
import digitstream.dashboard.AccuracyHistory.Point;
import digitstream.dashboard.Mistakes.Mistake;
import digitstream.dashboard.Traffic.Mix;
import digitstream.dashboard.Traffic.Second;
import java.util.List;
import java.util.Map;

/** What the page is told, as JSON. Times are milliseconds since 1970, rates a second, probabilities 0 to 1. */
final class StateJson {
    private static final ObjectMapper JSON = new ObjectMapper();

    private StateJson() {}

    /** The state of now: each page gets it once a second. */
    static String state(
            long nowMillis, Traffic traffic, LagWatch.Found found, AccuracyHistory history, List<Mistake> latest) {
        ObjectNode json = JSON.createObjectNode();
        json.put("now", nowMillis);
        ObjectNode kafka = json.putObject("kafka").put("fault", found.fault());
        kafka.put("faultSince", found.faultSinceMillis());
        json.put("lastPrediction", traffic.lastPredictionMillis());
        List<Second> seconds = traffic.seconds();
        if (!seconds.isEmpty()) {
            json.set("second", second(seconds.get(seconds.size() - 1)));
        }
        ObjectNode lag = json.putObject("lag");
        found.lag().forEach((partition, records) -> lag.put(Integer.toString(partition), records));
        json.set("mix", mix(traffic.recentMix()));
        ArrayNode accuracy = json.putArray("accuracy");
        for (Accuracy figures : history.latest()) {
            ObjectNode one = RecordJson.of(figures);
            one.put("computedAt", figures.getComputedAt().toEpochMilli());
            accuracy.add(one);
        }
        json.set("mistakes", mistakes(latest));
        return text(json);
    }

    /** The past, for a page that opens. */
    static String history(AccuracyHistory history, Traffic traffic) {
        ObjectNode json = JSON.createObjectNode();
        ObjectNode lines = json.putObject("accuracy");
        for (Map.Entry<String, List<Point>> line : history.lines().entrySet()) {
            ArrayNode points = lines.putArray(line.getKey());
            for (Point point : line.getValue()) {
                points.addArray()
                        .add(point.atMillis())
                        .add(point.accuracy())
                        .add(point.low())
                        .add(point.high())
                        .add(point.coverage())
                        .add(point.labelDelayP50Millis());
            }
        }
        ArrayNode seconds = json.putArray("seconds");
        traffic.seconds().forEach(second -> seconds.add(second(second)));
        return text(json);
    }

    static ArrayNode mistakes(List<Mistake> mistakes) {
        ArrayNode all = JSON.createArrayNode();
        for (Mistake mistake : mistakes) {
            all.addObject()
                    .put("imageId", mistake.imageId())
                    .put("partition", mistake.partition())
                    .put("offset", mistake.offset())
                    .put("predicted", mistake.predicted())
                    .put("actual", mistake.actual())
                    .put("confidence", mistake.confidence())
                    .put("modelVersion", mistake.modelVersion())
                    .put("at", mistake.at().toEpochMilli());
        }
        return all;
    }

    /** A drawn digit's prediction, and how long its way took. */
    static String answer(Drawings.Answer answer) {
        var prediction = answer.prediction();
        long drawn = prediction.getEventTime().toEpochMilli();
        ObjectNode json = JSON.createObjectNode()
                .put("imageId", prediction.getImageId())
                .put("label", prediction.getLabel())
                .put("confidence", prediction.getConfidence())
                .put("modelName", prediction.getModelName())
                .put("modelVersion", prediction.getModelVersion())
                .put("partition", prediction.getImagePartition())
                .put("offset", prediction.getImageOffset())
                .put("batchSize", prediction.getBatchSize())
                .put("predictedMillis", prediction.getPredictedAt().toEpochMilli() - drawn)
                .put("committedMillis", answer.readAt().toEpochMilli() - drawn);
        ArrayNode probabilities = json.putArray("probabilities");
        prediction.getProbabilities().forEach(probabilities::add);
        return text(json);
    }

    static String error(String message) {
        return text(JSON.createObjectNode().put("error", message));
    }

    static String text(com.fasterxml.jackson.databind.JsonNode json) {
        try {
            return JSON.writeValueAsString(json);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree is always JSON", e);
        }
    }

    private static ObjectNode second(Second second) {
        return JSON.createObjectNode()
                .put("at", second.atMillis())
                .put("in", second.in())
                .put("out", second.out())
                .put("p50", second.p50())
                .put("p95", second.p95())
                .put("p99", second.p99())
                .put("batchSize", second.batchSize())
                .put("lag", second.lag());
    }

    private static ObjectNode mix(Mix mix) {
        ObjectNode json = JSON.createObjectNode().put("count", mix.count);
        json.put("meanConfidence", mix.count == 0 ? null : (Double) (mix.confidenceSum / mix.count));
        ArrayNode classes = json.putArray("classes");
        for (long count : mix.classes) {
            classes.add(count);
        }
        ArrayNode confidence = json.putArray("confidence");
        for (long count : mix.confidence) {
            confidence.add(count);
        }
        return json;
    }
}
