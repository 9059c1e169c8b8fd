package digitstream.dashboard;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import digitstream.accuracy.Drift;
import digitstream.accuracy.EstimatedAccuracy;
import digitstream.accuracy.PredictionMix;
import digitstream.avro.Accuracy;
import digitstream.client.RecordJson;
import digitstream.common.DrawnId;
import digitstream.common.Json;
import digitstream.dashboard.AccuracyHistory.Point;
import digitstream.dashboard.Mistakes.Mistake;
import digitstream.dashboard.Traffic.Second;
import digitstream.verdict.Level;
import digitstream.verdict.Verdict;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The JSON for the page. Times are milliseconds since 1970, rates are per second, probabilities 0 to 1. */
final class StateJson {
    private StateJson() {}

    /**
     * The current state, which each page gets once a second.
     *
     * @param failed whether a part of the dashboard has failed
     * @param readOnly whether drawing and labelling are refused
     * @param model the model version in service; null if unknown
     * @param readMillis when a prediction or an accuracy record was last read; -1 before the first
     * @param figuresMillis when an accuracy record was last read; -1 before the first
     * @param latest the latest mistakes of all cells
     * @param images number of images that were searched for mistakes
     * @param judgement of the second that ended last
     * @param driftMax the drift above which the estimated accuracy is worthless
     * @param deadLetters those of the last minute, by their reason
     * @param windowMixes the mixes of each window, by its name and by model version
     * @param events the latest ones
     */
    static String state(
            long nowMillis,
            boolean failed,
            boolean readOnly,
            @Nullable String model,
            long readMillis,
            long figuresMillis,
            Traffic traffic,
            Map<String, PredictionMix> recentMixes,
            LagWatch.Found found,
            AccuracyHistory history,
            Releases releases,
            int oneIn,
            List<Mistake> latest,
            int images,
            DashboardState.Judgement judgement,
            double driftMax,
            Map<String, Long> deadLetters,
            Map<String, Map<String, PredictionMix>> windowMixes,
            List<Timeline.Event> events) {
        ObjectNode json = Json.COMPACT.createObjectNode();
        json.put("now", nowMillis)
                .put("failed", failed)
                .put("readOnly", readOnly)
                .put("model", model);
        json.putObject("kafka")
                .put("fault", found.fault())
                // Brokers that still send records are not away, even if the lag query fails.
                .put("away", found.away() && readMillis < found.faultSinceMillis())
                .put("faultSince", found.faultSinceMillis());
        json.put("lastPrediction", traffic.lastPredictionMillis()).put("lastFigures", figuresMillis);
        Second latestSecond = traffic.latest();
        if (latestSecond != null) {
            json.set("second", second(latestSecond, releases));
        }
        ObjectNode lag = json.putObject("lag");
        found.lag().forEach((partition, records) -> lag.put(Integer.toString(partition), records));
        ObjectNode scoringLag = json.putObject("scoringLag");
        found.scoringLag().forEach((partition, records) -> scoringLag.put(Integer.toString(partition), records));
        json.put("oneIn", oneIn);
        json.set("mixes", mixes(recentMixes, traffic, releases, judgement, driftMax));
        ObjectNode windows = json.putObject("windowMixes");
        windowMixes.forEach(
                (window, mixes) -> windows.set(window, mixes(mixes, traffic, releases, judgement, driftMax)));
        List<Releases.Start> starts = releases.starts();
        if (!starts.isEmpty()) {
            json.set("start", start(starts.get(starts.size() - 1)));
        }
        json.set("events", events(events));
        ObjectNode letters = json.putObject("deadLetters");
        deadLetters.forEach(letters::put);
        json.set("accuracy", figures(history.updates(model, nowMillis)));
        json.set("mistakes", mistakes(latest));
        json.put("images", images);
        json.set("verdict", verdict(judgement.verdict()));
        json.set("tiles", tiles(judgement.tiles()));
        return text(json);
    }

    private static ObjectNode tiles(Map<String, List<Tiles.Mark>> tiles) {
        ObjectNode json = Json.COMPACT.createObjectNode();
        tiles.forEach((tile, marks) -> {
            ArrayNode all = json.putArray(tile);
            marks.forEach(mark -> all.addObject()
                    .put("level", mark.level().code())
                    .put("text", mark.text())
                    .put("model", mark.model())
                    .put("window", mark.window()));
        });
        return json;
    }

    /** The verdict, with its findings, the worst first. */
    static ObjectNode verdict(Verdict verdict) {
        ObjectNode json = Json.COMPACT
                .createObjectNode()
                .put("level", verdict.level().code())
                .put("text", verdict.text())
                .put("since", verdict.sinceMillis());
        ArrayNode findings = json.putArray("findings");
        verdict.findings().forEach(finding -> findings.addObject()
                .put("rule", finding.rule())
                .put("level", finding.level().code())
                .put("text", finding.text())
                .put("since", finding.sinceMillis()));
        return json;
    }

    private static ArrayNode figures(Collection<Accuracy> records) {
        ArrayNode all = Json.COMPACT.createArrayNode();
        for (Accuracy figures : records) {
            all.add(RecordJson.of(figures)
                    .put("computedAt", figures.getComputedAt().toEpochMilli()));
        }
        return all;
    }

    private static ObjectNode mixes(
            Map<String, PredictionMix> byVersion,
            Traffic traffic,
            Releases releases,
            DashboardState.Judgement judgement,
            double driftMax) {
        ObjectNode json = Json.COMPACT.createObjectNode();
        byVersion.forEach((version, mix) -> {
            boolean enough = mix.count() >= Drift.MIN_IMAGES;
            PredictionMix judged = enough ? mix : traffic.latestOfAnHour(version);
            json.set(version, mix(mix, judged, releases.of(version), judgement.isUnlike(version), driftMax));
        });
        return json;
    }

    /** Events, in this order. */
    static ArrayNode events(List<Timeline.Event> events) {
        ArrayNode all = Json.COMPACT.createArrayNode();
        for (Timeline.Event event : events) {
            ObjectNode json = all.addObject()
                    .put("id", event.id())
                    .put("at", event.atMillis())
                    .put("from", event.fromMillis())
                    .put("ongoing", event.ongoing())
                    .put("kind", event.kind().name().toLowerCase(Locale.ROOT))
                    .put("text", event.text())
                    .put("mark", event.mark());
            Level level = event.level();
            json.put("level", level == null ? null : level.code());
        }
        return all;
    }

    /** The history, for a page that opens. */
    static String history(
            long nowMillis,
            long historyMillis,
            AccuracyHistory history,
            Traffic traffic,
            Releases releases,
            List<Timeline.Event> events,
            StreamNames names) {
        ObjectNode json = Json.COMPACT
                .createObjectNode()
                .put("historyMillis", historyMillis)
                .put("spacingMillis", historyMillis / AccuracyHistory.MAX_OLD_POINTS);
        json.putObject("stream")
                .put("images", names.images())
                .put("produce", names.produce())
                .put("serve", names.serve());
        json.set("events", events(events));
        json.set("latest", figures(history.latest()));
        ObjectNode lines = json.putObject("accuracy");
        for (Map.Entry<String, List<Point>> line : history.lines(nowMillis).entrySet()) {
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
        ArrayNode starts = json.putArray("starts");
        releases.starts().forEach(start -> starts.add(start(start)));
        ArrayNode seconds = json.putArray("seconds");
        traffic.history().forEach(second -> seconds.add(second(second, releases)));
        return text(json);
    }

    static ArrayNode mistakes(List<Mistake> mistakes) {
        ArrayNode all = Json.COMPACT.createArrayNode();
        for (Mistake mistake : mistakes) {
            all.addObject()
                    .put("imageId", mistake.imageId())
                    .put("partition", mistake.partition())
                    .put("offset", mistake.offset())
                    .put("predicted", mistake.predicted())
                    .put("actual", mistake.actual())
                    .put("confidence", mistake.confidence())
                    .put("model", mistake.model())
                    .put("modelVersion", mistake.modelVersion())
                    .put("drawn", DrawnId.isDrawn(mistake.imageId()))
                    .put("at", mistake.at().toEpochMilli());
        }
        return all;
    }

    /** The prediction of a drawn digit, with its latencies. */
    static String answer(Drawings.Answer answer) {
        var prediction = answer.prediction();
        long drawn = prediction.getEventTime().toEpochMilli();
        ObjectNode json = Json.COMPACT
                .createObjectNode()
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

    static String text(JsonNode json) {
        try {
            return Json.COMPACT.writeValueAsString(json);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a JSON tree can always be written", e);
        }
    }

    private static ObjectNode second(Second second, Releases releases) {
        ObjectNode json = Json.COMPACT
                .createObjectNode()
                .put("at", second.atMillis())
                .put("in", second.in())
                .put("out", second.out())
                .put("p50", second.p50())
                .put("p95", second.p95())
                .put("p99", second.p99())
                .put("batchSize", second.batchSize())
                .put("lag", second.lag())
                .put("scoringLag", second.scoringLag())
                .put("ahead", second.aheadMillis())
                .put("dead", second.deadLetters());
        ObjectNode estimates = json.putObject("estimates");
        second.estimates().forEach((version, estimate) -> {
            if (releases.isCalibrated(version)) {
                estimates.put(version, estimate);
            }
        });
        return json;
    }

    private static ObjectNode start(Releases.Start start) {
        return Json.COMPACT.createObjectNode().put("at", start.atMillis()).put("model", start.model());
    }

    /**
     * A mix. The estimate is there only if there are enough images, of a longer time if need be, to judge what it is worth. It is
     * worthless while the verdict finds the images unlike those of validation, in every window: the page must not contradict the
     * verdict. It is worthless too if the window itself contains such images.
     */
    private static ObjectNode mix(
            PredictionMix mix,
            PredictionMix judged,
            Optional<Releases.Release> release,
            boolean unlike,
            double driftMax) {
        ObjectNode json = Json.COMPACT.createObjectNode().put("count", mix.count());
        json.put("meanConfidence", mix.meanConfidence().orElse(null));
        put(json, "classes", Arrays.stream(mix.classes()).boxed().toList());
        put(json, "confidence", Arrays.stream(mix.confidenceBins()).boxed().toList());
        release.ifPresent(known -> {
            Double temperature = known.validation().getTemperature();
            json.put("temperature", temperature);
            boolean isJudged = judged.count() >= Drift.MIN_IMAGES;
            Optional<EstimatedAccuracy> estimate = isJudged ? known.baseline().estimate(mix) : Optional.empty();
            json.put(
                    "estimatedAccuracy",
                    estimate.map(EstimatedAccuracy::accuracy).orElse(null));
            json.put("estimatedLow", estimate.map(EstimatedAccuracy::low).orElse(null));
            json.put("estimatedHigh", estimate.map(EstimatedAccuracy::high).orElse(null));
            if (mix.count() >= Drift.MIN_IMAGES) {
                json.put("classDrift", known.baseline().classDrift(mix));
                json.put("confidenceDrift", known.baseline().confidenceDrift(mix));
            }
            if (isJudged) {
                json.put(
                        "estimateWorthless",
                        estimate.isPresent() && (unlike || known.baseline().drift(judged) > driftMax));
            }
            ObjectNode baseline = json.putObject("baseline")
                    .put("images", known.validation().getImages())
                    .put("accuracy", known.validation().getAccuracy());
            put(baseline, "classes", known.baseline().predictedPerClass());
            put(baseline, "confidence", known.baseline().confidenceBins());
        });
        return json;
    }

    private static void put(ObjectNode json, String name, List<Long> counts) {
        ArrayNode array = json.putArray(name);
        counts.forEach(array::add);
    }
}
