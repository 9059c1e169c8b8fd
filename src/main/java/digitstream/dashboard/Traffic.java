package digitstream.dashboard;

import digitstream.accuracy.Calibration;
import digitstream.accuracy.PredictionMix;
import digitstream.avro.Prediction;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * What flows, second by second for the last quarter of an hour: images in, predictions out, latency, batch sizes, and what is
 * predicted with which confidence. Safe for use by several threads.
 */
final class Traffic {
    private static final int SECONDS = 900;
    /** The mix is that of the last minute. */
    private static final int MIX_SECONDS = 60;

    private static final long LONGEST_LATENCY_MILLIS = 3_600_000;

    private final Histogram latencies = new Histogram(LONGEST_LATENCY_MILLIS, 2);
    private final Deque<Second> seconds = new ArrayDeque<>();
    private final ToDoubleFunction<String> temperatures;
    private Map<String, PredictionMix> mixes = new HashMap<>();
    private String name = "";
    private String version = "";
    private PredictionMix mix = new PredictionMix();
    private double temperature = 1;
    private long count;
    private long looked;
    private long batchSizes;
    private long aheadMillis;
    private long lastPredictionMillis = -1;

    /**
     * One second, more or less.
     *
     * @param in images a second; null where the brokers did not say
     * @param out predictions a second
     * @param p50 end-to-end latency, event time to committed prediction read here, in milliseconds; null without predictions
     * @param batchSize mean, as the images see it; null without predictions
     * @param lag images that are not predicted and committed yet; null where the brokers did not say
     * @param scoringLag predictions and labels that are not scored and committed yet, likewise
     * @param aheadMillis how far the event times were ahead of this machine's clock at most; 0 where none was
     * @param mixes what each model version predicted, by {@code <model name>/<model version>}; not changed any more
     */
    record Second(
            long atMillis,
            @Nullable Double in,
            double out,
            @Nullable Long p50,
            @Nullable Long p95,
            @Nullable Long p99,
            @Nullable Double batchSize,
            @Nullable Long lag,
            @Nullable Long scoringLag,
            long aheadMillis,
            Map<String, PredictionMix> mixes) {}

    /**
     * Takes what calibrates the models' confidences.
     *
     * @param temperatures by {@code <model name>/<model version>}; asked about once a second
     */
    Traffic(ToDoubleFunction<String> temperatures) {
        this.temperatures = temperatures;
    }

    synchronized void predicted(Prediction prediction, long nowMillis) {
        long latency = nowMillis - prediction.getEventTime().toEpochMilli();
        latencies.recordValue(Math.max(0, Math.min(LONGEST_LATENCY_MILLIS, latency)));
        aheadMillis = Math.max(aheadMillis, -latency);
        batchSizes += prediction.getBatchSize();
        if (!prediction.getModelVersion().equals(version)
                || !prediction.getModelName().equals(name)) {
            turnTo(prediction.getModelName(), prediction.getModelVersion());
        }
        mix.add(
                prediction.getLabel(),
                prediction.getConfidence(),
                Calibration.confidence(prediction.getProbabilities(), temperature));
        looked++;
        count++;
        lastPredictionMillis = nowMillis;
    }

    /** A prediction that is counted and not looked into. */
    synchronized void passedOver(long nowMillis) {
        count++;
        lastPredictionMillis = nowMillis;
    }

    /** Predictions mostly come from one model: what is known of it is not looked up for each. */
    private void turnTo(String nextName, String nextVersion) {
        name = nextName;
        version = nextVersion;
        String model = Releases.key(name, version);
        mix = mixes.computeIfAbsent(model, ignored -> new PredictionMix());
        temperature = temperatures.applyAsDouble(model);
    }

    /**
     * Ends a second.
     *
     * @param length in seconds, over 0
     */
    synchronized void close(long nowMillis, double length, LagWatch.Found found) {
        boolean none = looked == 0;
        seconds.addLast(new Second(
                nowMillis,
                found.in(),
                count / length,
                none ? null : latencies.getValueAtPercentile(50),
                none ? null : latencies.getValueAtPercentile(95),
                none ? null : latencies.getValueAtPercentile(99),
                none ? null : (double) batchSizes / looked,
                found.totalLag(),
                found.totalScoringLag(),
                aheadMillis,
                mixes));
        if (seconds.size() > SECONDS) {
            seconds.removeFirst();
        }
        latencies.reset();
        batchSizes = 0;
        aheadMillis = 0;
        mixes = new HashMap<>();
        name = "";
        version = "";
        count = 0;
        looked = 0;
    }

    /** The seconds so far, oldest first. */
    synchronized List<Second> seconds() {
        return List.copyOf(seconds);
    }

    /** The last minute's mixes, by model. */
    synchronized Map<String, PredictionMix> recentMixes() {
        Map<String, PredictionMix> sums = new TreeMap<>();
        seconds.stream().skip(Math.max(0, seconds.size() - MIX_SECONDS)).forEach(second -> second.mixes()
                .forEach((model, part) -> sums.computeIfAbsent(model, ignored -> new PredictionMix())
                        .add(part)));
        return sums;
    }

    /** The second that ended last; null before the first. */
    synchronized @Nullable Second latest() {
        return seconds.peekLast();
    }

    /** Predictions a second, in the second that ended last. */
    synchronized double rate() {
        Second last = seconds.peekLast();
        return last == null ? 0 : last.out();
    }

    /** When the last prediction was read, or -1. */
    synchronized long lastPredictionMillis() {
        return lastPredictionMillis;
    }
}
