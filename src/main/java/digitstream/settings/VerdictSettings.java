package digitstream.settings;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The bounds of the rules that judge a stream.
 *
 * @param accuracyMin the accuracy below which the model is wrong too often, 0 to 1
 * @param accuracyDrop how much the accuracy may be below that of the validation images, 0 to 1
 * @param labelledMin how many images must have a label before their accuracy is judged
 * @param estimateMin the estimated accuracy below which something may be wrong, 0 to 1
 * @param estimateGap how far the estimated and the measured accuracy may be apart, 0 to 1
 * @param driftMax the population stability index above which the images are unlike the validation images
 * @param noPredictions how long no prediction may come
 * @param noLabels how long no label may come
 * @param behind how far a topology may be behind its input
 * @param latencyMax the p99 of the time from an image's event time to its readable prediction
 * @param deadLettersMax how many records may become dead letters in a minute before that is critical
 */
public record VerdictSettings(
        double accuracyMin,
        double accuracyDrop,
        long labelledMin,
        double estimateMin,
        double estimateGap,
        double driftMax,
        Duration noPredictions,
        Duration noLabels,
        Duration behind,
        Duration latencyMax,
        long deadLettersMax) {
    public static final VerdictSettings DEFAULT = new VerdictSettings(
            0.97,
            0.01,
            200,
            0.95,
            0.05,
            0.25,
            Duration.ofSeconds(10),
            Duration.ofMinutes(3),
            Duration.ofSeconds(10),
            Duration.ofSeconds(5),
            100);

    /** Returns the bounds by the names of their settings and in their units: milliseconds where a name ends with {@code .ms}. */
    public Map<String, Double> bySetting() {
        Map<String, Double> all = new LinkedHashMap<>();
        all.put("verdict.accuracy.min", accuracyMin);
        all.put("verdict.accuracy.drop", accuracyDrop);
        all.put("verdict.labelled.min", (double) labelledMin);
        all.put("verdict.estimate.min", estimateMin);
        all.put("verdict.estimate.gap", estimateGap);
        all.put("verdict.drift.max", driftMax);
        all.put("verdict.no.predictions.ms", (double) noPredictions.toMillis());
        all.put("verdict.no.labels.ms", (double) noLabels.toMillis());
        all.put("verdict.behind.ms", (double) behind.toMillis());
        all.put("verdict.latency.max.ms", (double) latencyMax.toMillis());
        all.put("verdict.dead.letters.max", (double) deadLettersMax);
        return all;
    }
}
