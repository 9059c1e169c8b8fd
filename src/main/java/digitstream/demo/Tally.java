package digitstream.demo;

import static java.nio.charset.StandardCharsets.UTF_8;

import digitstream.avro.Accuracy;
import digitstream.avro.Prediction;
import digitstream.client.CommittedReader;
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
 * Counts what comes out, by reading the topics with committed records only: which images were predicted, which more than
 * once, how long it took, and the figures that were published. Knows nothing of the topologies but their topics. One thread
 * runs it; snapshots may be taken by others.
 */
final class Tally implements Runnable {
    private static final Duration POLL = Duration.ofMillis(100);
    private static final long LONGEST_LATENCY_MILLIS = 3_600_000;
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,9}|1[0-9]{9}");

    private final CommittedReader reader;
    private final Topics topics;
    private final Decoder<Prediction> predictions;
    private final Decoder<Accuracy> accuracies;
    private final String idPrefix;
    private final Clock clock;

    private final AtomicReference<@Nullable RuntimeException> failure = new AtomicReference<>();
    private volatile boolean stopped;

    private final BitSet seen = new BitSet();
    private final Histogram latencies = new Histogram(LONGEST_LATENCY_MILLIS, 3);
    private final Histogram recentLatencies = new Histogram(LONGEST_LATENCY_MILLIS, 3);
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
     * What was counted so far.
     *
     * @param predicted different images with a prediction
     * @param duplicates further predictions of those
     * @param unreadable records that can't be decoded
     * @param others predictions of images that others produced, such as drawn digits
     * @param latencyP50Millis since the start; the recent ones since the last snapshot
     * @param recentBatchSize mean, as the images see it
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
                }
            }
        } catch (RuntimeException e) {
            failure.set(e);
        } finally {
            reader.close();
        }
    }

    private void count(ConsumerRecord<byte[], byte[]> record, long now) {
        if (record.topic().equals(topics.deadLetters())) {
            deadLettered++;
        } else if (record.topic().equals(topics.accuracy())) {
            if (accuracies.decode(record.value()) instanceof Decoded.Value<Accuracy> accuracy) {
                windows.put(accuracy.value().getWindow(), accuracy.value());
            } else {
                unreadable++;
            }
        } else if (predictions.decode(record.value()) instanceof Decoded.Value<Prediction> prediction) {
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
        latencies.recordValue(Math.min(LONGEST_LATENCY_MILLIS, latency));
        recentLatencies.recordValue(Math.min(LONGEST_LATENCY_MILLIS, latency));
        recentPredicted++;
        recentBatchSizes += prediction.getBatchSize();
        lastPredictionNanos = System.nanoTime();
    }

    /** Images with a prediction or a dead letter so far. */
    synchronized long answered() {
        return predicted + deadLettered;
    }

    /** Images with a prediction and a label so far, by the published figures. */
    synchronized long scored() {
        Accuracy all = windows.get("all");
        return all == null ? 0 : all.getLabelled();
    }

    /** Different images with a prediction so far. */
    synchronized long predicted() {
        return predicted;
    }

    /**
     * What was counted so far; starts the recent figures anew.
     *
     * @throws RuntimeException what ended the counting, where something did
     */
    synchronized Snapshot snapshot() {
        RuntimeException ended = failure.get();
        if (ended != null) {
            throw ended;
        }
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

    void stop() {
        stopped = true;
    }
}
