package digitstream.dashboard;

import digitstream.avro.Prediction;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * What flows, second by second for the last quarter of an hour: images in, predictions out, latency, batch sizes, and what is
 * predicted with which confidence. Safe for use by several threads.
 */
final class Traffic {
    static final int CONFIDENCE_BINS = 20;

    private static final int CLASSES = 10;
    private static final int SECONDS = 900;
    /** The mix is that of the last minute. */
    private static final int MIX_SECONDS = 60;

    private static final long LONGEST_LATENCY_MILLIS = 3_600_000;

    private final Histogram latencies = new Histogram(LONGEST_LATENCY_MILLIS, 2);
    private final Deque<Second> seconds = new ArrayDeque<>();
    private Mix current = new Mix();
    private long batchSizes;
    private long lastPredictionMillis = -1;
    private long lastClosedMillis = -1;

    /**
     * One second, more or less.
     *
     * @param in images a second; null where the brokers did not say
     * @param out predictions a second
     * @param p50 end-to-end latency, event time to committed prediction read here, in milliseconds; null without predictions
     * @param batchSize mean, as the images see it; null without predictions
     * @param lag images that are not predicted and committed yet; null where the brokers did not say
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
            Mix mix) {}

    /** What was predicted, before any label comes. */
    static final class Mix {
        final long[] classes = new long[CLASSES];
        final long[] confidence = new long[CONFIDENCE_BINS];
        double confidenceSum;
        long count;

        private void add(Prediction prediction) {
            // In its own precision: a confidence of 0.05f is the upper end of the first bin.
            float confidence01 = prediction.getConfidence();
            classes[prediction.getLabel()]++;
            // A bin has its upper end, as the bins of digits.accuracy do.
            int bin = (int) Math.ceil(confidence01 * CONFIDENCE_BINS) - 1;
            confidence[Math.max(0, Math.min(CONFIDENCE_BINS - 1, bin))]++;
            confidenceSum += confidence01;
            count++;
        }

        private void add(Mix other) {
            for (int i = 0; i < classes.length; i++) {
                classes[i] += other.classes[i];
            }
            for (int i = 0; i < confidence.length; i++) {
                confidence[i] += other.confidence[i];
            }
            confidenceSum += other.confidenceSum;
            count += other.count;
        }
    }

    synchronized void predicted(Prediction prediction, long nowMillis) {
        long latency = Math.max(0, nowMillis - prediction.getEventTime().toEpochMilli());
        latencies.recordValue(Math.min(LONGEST_LATENCY_MILLIS, latency));
        batchSizes += prediction.getBatchSize();
        current.add(prediction);
        lastPredictionMillis = nowMillis;
    }

    /** Ends a second. */
    synchronized void close(long nowMillis, @Nullable Double in, @Nullable Long lag) {
        double length = lastClosedMillis < 0 ? 1 : Math.max(1, nowMillis - lastClosedMillis) / 1e3;
        boolean none = current.count == 0;
        seconds.addLast(new Second(
                nowMillis,
                in,
                current.count / length,
                none ? null : latencies.getValueAtPercentile(50),
                none ? null : latencies.getValueAtPercentile(95),
                none ? null : latencies.getValueAtPercentile(99),
                none ? null : (double) batchSizes / current.count,
                lag,
                current));
        if (seconds.size() > SECONDS) {
            seconds.removeFirst();
        }
        latencies.reset();
        batchSizes = 0;
        current = new Mix();
        lastClosedMillis = nowMillis;
    }

    /** The seconds so far, oldest first. */
    synchronized List<Second> seconds() {
        return List.copyOf(seconds);
    }

    /** The last minute's mix. */
    synchronized Mix recentMix() {
        Mix sum = new Mix();
        seconds.stream().skip(Math.max(0, seconds.size() - MIX_SECONDS)).forEach(second -> sum.add(second.mix()));
        return sum;
    }

    /** When the last prediction was read, or -1. */
    synchronized long lastPredictionMillis() {
        return lastPredictionMillis;
    }
}
