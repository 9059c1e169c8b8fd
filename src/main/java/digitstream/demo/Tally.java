package digitstream.demo;

import static java.nio.charset.StandardCharsets.UTF_8;

import digitstream.avro.Accuracy;
import digitstream.avro.Prediction;
import digitstream.client.CommittedReader;
import digitstream.common.Causes;
import digitstream.serde.Decoded;
import digitstream.serde.Decoder;
import digitstream.settings.Topics;
import java.time.Clock;
import java.time.Duration;
import java.util.BitSet;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import org.HdrHistogram.Histogram;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Reads the committed records of the output topics and counts predicted images, duplicates and dead letters, with their
 * latency and the published accuracy. Knows only the topics, not the topologies. One thread runs it; other threads may take
 * snapshots.
 */
final class Tally implements Runnable {
    private static final Duration POLL = Duration.ofMillis(100);
    private static final long MAX_LATENCY_MILLIS = 3_600_000;
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,9}|1[0-9]{9}");

    private final CommittedReader reader;
    private final Topics topics;
    private final Decoder<Prediction> predictions;
    private final Decoder<Accuracy> accuracies;
    private final String idPrefix;
    private final Clock clock;

    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private volatile boolean finishing;
    private volatile boolean stopped;

    private final BitSet seen = new BitSet();
    private final Histogram latencies = new Histogram(MAX_LATENCY_MILLIS, 3);
    private final Histogram recentLatencies = new Histogram(MAX_LATENCY_MILLIS, 3);
    private final Map<String, Accuracy> windows = new TreeMap<>();
    private long predicted;
    private long duplicates;
    private long unreadable;
    private long others;
    private long deadLettered;
    private long lastPredictionNanos;
    private long recentBatchSizes;
    private long recentPredicted;

    Tally(
            CommittedReader reader,
            Topics topics,
            Decoder<Prediction> predictions,
            Decoder<Accuracy> accuracies,
            String idPrefix,
            Clock clock) {
        this.reader = reader;
        this.topics = topics;
        this.predictions = predictions;
        this.accuracies = accuracies;
        this.idPrefix = idPrefix;
        this.clock = clock;
    }

    /**
     * The counts so far.
     *
     * @param predicted distinct images with a prediction
     * @param duplicates further predictions of the same images
     * @param unreadable records that can't be decoded
     * @param others predictions of images from other producers, such as drawn digits
     * @param latencyP50Millis since the start; the recent latencies are since the last snapshot
     * @param recentBatchSize the mean over images, not over batches
     * @param lastPredictionNanos when the last prediction was read, by {@link System#nanoTime()}
     */
    record Snapshot(
            long predicted,
            long duplicates,
            long unreadable,
            long others,
            long deadLettered,
            long latencyP50Millis,
            long latencyP99Millis,
            long recentLatencyP50Millis,
            long recentLatencyP99Millis,
            double recentBatchSize,
            long lastPredictionNanos,
            Map<String, Accuracy> windows) {}

    @Override
    public void run() {
        try {
            while (!stopped) {
                var records = reader.poll(POLL);
                if (!records.isEmpty()) {
                    long now = clock.millis();
                    synchronized (this) {
                        records.forEach(record -> count(record, now));
                    }
                } else if (finishing && reader.isAtEnd()) {
                    return;
                }
            }
        } catch (RuntimeException | Error e) {
            failure.set(e);
        } finally {
            reader.close();
        }
    }

    private void count(ConsumerRecord<byte[], byte[]> record, long now) {
        if (record.topic().equals(topics.deadLetters())) {
            deadLettered++;
        } else if (record.topic().equals(topics.accuracy())) {
            if (accuracies.decode(record.headers(), record.value()) instanceof Decoded.Value<Accuracy> accuracy) {
                windows.put(accuracy.value().getWindow(), accuracy.value());
            } else {
                unreadable++;
            }
        } else if (predictions.decode(record.headers(), record.value())
                instanceof Decoded.Value<Prediction> prediction) {
            count(new String(record.key(), UTF_8), prediction.value(), now);
        } else {
            unreadable++;
        }
    }

    private void count(String imageId, Prediction prediction, long now) {
        if (!imageId.startsWith(idPrefix)
                || !NUMBER.matcher(imageId.substring(idPrefix.length())).matches()) {
            others++;
            return;
        }
        int number = Integer.parseInt(imageId.substring(idPrefix.length()));
        if (seen.get(number)) {
            duplicates++;
            return;
        }
        seen.set(number);
        predicted++;
        long latency = Math.max(0, now - prediction.getEventTime().toEpochMilli());
        latencies.recordValue(Math.min(MAX_LATENCY_MILLIS, latency));
        recentLatencies.recordValue(Math.min(MAX_LATENCY_MILLIS, latency));
        recentPredicted++;
        recentBatchSizes += prediction.getBatchSize();
        lastPredictionNanos = System.nanoTime();
    }

    /** Returns the number of images with a prediction or a dead letter. */
    synchronized long handled() {
        return predicted + deadLettered;
    }

    /** Returns the number of images with a prediction and a label, according to the published accuracy. */
    synchronized long scored() {
        Accuracy all = windows.get("all");
        return all == null ? 0 : all.getLabelled();
    }

    /** Returns the number of distinct images with a prediction. */
    synchronized long predicted() {
        return predicted;
    }

    /**
     * Returns the counts so far, and resets the recent figures.
     *
     * @throws RuntimeException the failure that stopped the counting, if there was one
     */
    synchronized Snapshot snapshot() {
        Causes.rethrow(failure.get());
        Snapshot snapshot = new Snapshot(
                predicted,
                duplicates,
                unreadable,
                others,
                deadLettered,
                latencies.getValueAtPercentile(50),
                latencies.getValueAtPercentile(99),
                recentLatencies.getValueAtPercentile(50),
                recentLatencies.getValueAtPercentile(99),
                recentPredicted == 0 ? 0 : (double) recentBatchSizes / recentPredicted,
                lastPredictionNanos,
                Map.copyOf(windows));
        recentLatencies.reset();
        recentPredicted = 0;
        recentBatchSizes = 0;
        return snapshot;
    }

    /** Ends the tally when every committed record has been read. */
    void finish() {
        finishing = true;
    }

    /** Ends the tally now. */
    void stop() {
        stopped = true;
    }
}
