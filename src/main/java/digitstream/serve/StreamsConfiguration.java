package digitstream.serve;

import digitstream.score.BoundedRocksDb;
import digitstream.settings.Settings;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.streams.StreamsConfig;

/** Kafka Streams' settings for our topologies: its defaults, ours where they fit better, the user's above all. */
public final class StreamsConfiguration {
    private StreamsConfiguration() {}

    /**
     * The classifying topology's settings.
     *
     * @param cluster where the brokers are, and how to log in
     */
    public static Properties classify(Settings settings, Map<String, String> cluster) {
        Map<String, Object> defaults = common();
        defaults.put(
                StreamsConfig.NUM_STREAM_THREADS_CONFIG, Runtime.getRuntime().availableProcessors());
        return with(defaults, cluster, settings.streams(Settings.CLASSIFY_PREFIX), settings.classifyApplicationId());
    }

    /** The scoring topology's settings, likewise. */
    public static Properties score(Settings settings, Map<String, String> cluster) {
        Map<String, Object> defaults = common();
        defaults.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, 1);
        // An image's prediction and label come seconds apart: what is cached in between is not read from RocksDB.
        defaults.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, 64L << 20);
        defaults.put(StreamsConfig.ROCKSDB_CONFIG_SETTER_CLASS_CONFIG, BoundedRocksDb.class.getName());
        return with(defaults, cluster, settings.streams(Settings.SCORE_PREFIX), settings.scoreApplicationId());
    }

    private static Map<String, Object> common() {
        Map<String, Object> defaults = new HashMap<>();
        defaults.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
        // The default of 10 s is reached on a small busy machine, and a stream thread may die of it (KAFKA-20785).
        defaults.put(StreamsConfig.producerPrefix(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG), 30_000);
        // Fewer and larger requests: a commit follows every 100 ms in any case.
        defaults.put(StreamsConfig.producerPrefix(ProducerConfig.BATCH_SIZE_CONFIG), 128 << 10);
        // A killed instance is missed, and its partitions given to others, after this and not after 45 s.
        defaults.put(StreamsConfig.consumerPrefix(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG), 15_000);
        return defaults;
    }

    private static Properties with(
            Map<String, Object> defaults,
            Map<String, String> cluster,
            Map<String, String> users,
            String applicationId) {
        Properties all = new Properties();
        all.putAll(defaults);
        // Kafka Streams would put a new random id in, and so make new time series of all clients' metrics at each
        // start.
        all.put(StreamsConfig.CLIENT_ID_CONFIG, applicationId);
        all.putAll(cluster);
        all.putAll(users);
        all.put(StreamsConfig.APPLICATION_ID_CONFIG, applicationId);
        return all;
    }
}
