package digitstream.serve;

import digitstream.settings.ClassifySettings;
import digitstream.settings.InvalidSettingsException;
import digitstream.settings.Settings;
import digitstream.streams.Polling;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.streams.StreamsConfig;
import org.jspecify.annotations.Nullable;

/** Configures Kafka Streams for each topology. User settings override digitstream's defaults, which override Kafka's. */
public final class StreamsConfiguration {
    private static final String READ_COMMITTED = "read_committed";
    /** Kafka's default of {@code max.request.size}. */
    private static final long DEFAULT_MAX_REQUEST_SIZE = 1 << 20;
    /** More than a request adds to its only record. */
    private static final int REQUEST_OVERHEAD = 1_000;

    /** More records in a poll make scoring no faster. */
    private static final int ENOUGH_TO_SCORE = 2_000;

    /** Half of the time is left for what comes before and after the wait for a commit. */
    private static final int COMMITS_PER_TARGET = 3;

    /** Much less than the interval at which accuracy is published. */
    private static final Duration GATHERING_TO_SCORE = Duration.ofMillis(50);

    private StreamsConfiguration() {}

    /**
     * Returns the configuration of the classifying topology.
     *
     * @param cluster the brokers' addresses and security settings
     */
    public static Properties classify(Settings settings, Map<String, String> cluster) {
        Map<String, Object> defaults = common();
        defaults.put(
                StreamsConfig.NUM_STREAM_THREADS_CONFIG, Runtime.getRuntime().availableProcessors());
        defaults.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, 200);
        defaults.put(StreamsConfig.POLL_MS_CONFIG, 500);
        defaults.put(StreamsConfig.consumerPrefix(ConsumerConfig.MAX_POLL_RECORDS_CONFIG), 2_048);
        // Spares the broker more time than it costs.
        defaults.put(StreamsConfig.producerPrefix(ProducerConfig.COMPRESSION_TYPE_CONFIG), "lz4");
        // What one poll returns from a partition counts as one record.
        defaults.put(StreamsConfig.BUFFERED_RECORDS_PER_PARTITION_CONFIG, 1);
        defaults.put(StreamsConfig.producerPrefix(ProducerConfig.LINGER_MS_CONFIG), 5);
        return with(defaults, cluster, settings.streams(Settings.CLASSIFY_PREFIX), settings.classifyApplicationId());
    }

    /** Returns the configuration of the scoring topology. The parameters are those of {@link #classify}. */
    public static Properties score(Settings settings, Map<String, String> cluster) {
        Map<String, Object> defaults = common();
        defaults.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, 1);
        // Accuracy is published once a second. Each commit writes the changed states and counts.
        defaults.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, 1_000);
        // The image states are written with their changelog offset at each commit, and need no rebuild after a crash.
        defaults.put(StreamsConfig.TRANSACTIONAL_STATE_STORES_CONFIG, true);
        defaults.put(StreamsConfig.consumerPrefix(ConsumerConfig.MAX_POLL_RECORDS_CONFIG), ENOUGH_TO_SCORE);
        // What one poll returns from a partition counts as one record.
        defaults.put(StreamsConfig.BUFFERED_RECORDS_PER_PARTITION_CONFIG, 1);
        return with(defaults, cluster, settings.streams(Settings.SCORE_PREFIX), settings.scoreApplicationId());
    }

    /** How the stream threads of the scoring topology poll: together. */
    static Polling scorePolling(Settings settings) {
        return new Polling(
                Set.copyOf(settings.topics().joined()), ENOUGH_TO_SCORE, GATHERING_TO_SCORE, Optional.empty());
    }

    private static Map<String, Object> common() {
        Map<String, Object> defaults = new HashMap<>();
        defaults.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
        // A small busy machine can exceed the default of 10 s, which may kill a stream thread (KAFKA-20785).
        defaults.put(StreamsConfig.producerPrefix(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG), 30_000);
        // Fewer and larger requests; the latency is bounded by the commit interval of 100 ms.
        defaults.put(StreamsConfig.producerPrefix(ProducerConfig.BATCH_SIZE_CONFIG), 128 << 10);
        // The brokers reject a transaction that begins while they complete the one before. Asking again only after
        // Kafka's default of 100 ms would decide the latency of predictions.
        defaults.put(StreamsConfig.producerPrefix(ProducerConfig.RETRY_BACKOFF_MS_CONFIG), 10);
        // Reassigns a killed instance's partitions after 15 s instead of the default of 45 s.
        defaults.put(StreamsConfig.consumerPrefix(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG), 15_000);
        return defaults;
    }

    /**
     * The size of a dead letter at most, in bytes: {@code dead.letters.max.bytes}, or less if the topology's producer sends
     * smaller requests only.
     *
     * @param prefix of the topology's own settings
     * @throws InvalidSettingsException if {@code max.request.size} is not a number, or too small for any dead letter
     */
    static int maxDeadLetterBytes(Settings settings, String prefix) {
        Map<String, String> ofTopology = settings.streams(prefix);
        Optional<String> setting = Stream.of(
                        StreamsConfig.producerPrefix(ProducerConfig.MAX_REQUEST_SIZE_CONFIG),
                        ProducerConfig.MAX_REQUEST_SIZE_CONFIG)
                .filter(ofTopology::containsKey)
                .findFirst();
        if (setting.isEmpty()) {
            return (int) Math.min(settings.deadLettersMaxBytes(), DEFAULT_MAX_REQUEST_SIZE - REQUEST_OVERHEAD);
        }
        long room = number(setting.get(), ofTopology.get(setting.get())) - REQUEST_OVERHEAD;
        if (room < Settings.MIN_DEAD_LETTERS_MAX_BYTES) {
            throw new InvalidSettingsException(List.of(setting.get() + " is " + ofTopology.get(setting.get())
                    + "; set it to " + (Settings.MIN_DEAD_LETTERS_MAX_BYTES + REQUEST_OVERHEAD)
                    + " or more, so that dead letters fit"));
        }
        return (int) Math.min(settings.deadLettersMaxBytes(), room);
    }

    /** How the stream threads of the classifying topology poll: together, and commit in time for {@code latency.target.ms}. */
    static Polling polling(Settings settings) {
        ClassifySettings classify = settings.classify();
        Object guarantee = classify(settings, Map.of()).get(StreamsConfig.PROCESSING_GUARANTEE_CONFIG);
        return new Polling(
                Set.of(settings.topics().images()),
                classify.batchMaxSize(),
                classify.batchMaxDelay(),
                // Only a transaction makes predictions wait for the commit.
                StreamsConfig.AT_LEAST_ONCE.equals(guarantee)
                        ? Optional.empty()
                        : Optional.of(classify.latencyTarget().dividedBy(COMMITS_PER_TARGET)));
    }

    private static long number(String setting, @Nullable Object value) {
        try {
            return Long.parseLong(String.valueOf(value).trim());
        } catch (NumberFormatException e) {
            throw new InvalidSettingsException(List.of(setting + " is '" + value + "'; set it to a whole number"));
        }
    }

    /**
     * Exactly-once processing reads committed records only. At-least-once processing would read what a failed transaction of
     * another program leaves behind, such as the predictions of a batch that is classified again.
     */
    private static void readCommitted(Properties all) {
        boolean chosen = Stream.of("", StreamsConfig.CONSUMER_PREFIX, StreamsConfig.MAIN_CONSUMER_PREFIX)
                .anyMatch(prefix -> all.containsKey(prefix + ConsumerConfig.ISOLATION_LEVEL_CONFIG));
        if (!chosen && StreamsConfig.AT_LEAST_ONCE.equals(all.get(StreamsConfig.PROCESSING_GUARANTEE_CONFIG))) {
            all.put(StreamsConfig.consumerPrefix(ConsumerConfig.ISOLATION_LEVEL_CONFIG), READ_COMMITTED);
        }
    }

    private static Properties with(
            Map<String, Object> defaults,
            Map<String, String> cluster,
            Map<String, String> userSettings,
            String applicationId) {
        Properties all = new Properties();
        all.putAll(defaults);
        // Kafka Streams defaults to a random id, which would create new time series for all client metrics at every
        // start.
        all.put(StreamsConfig.CLIENT_ID_CONFIG, applicationId);
        all.putAll(cluster);
        all.putAll(userSettings);
        all.put(StreamsConfig.APPLICATION_ID_CONFIG, applicationId);
        readCommitted(all);
        return all;
    }
}
