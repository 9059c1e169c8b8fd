package digitstream.serve;

import digitstream.score.BoundedRocksDb;
import digitstream.settings.Settings;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.streams.StreamsConfig;

/** Configures Kafka Streams for each topology. User settings override digitstream's defaults, which override Kafka's. */
public final class StreamsConfiguration {
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
        return with(defaults, cluster, settings.streams(Settings.CLASSIFY_PREFIX), settings.classifyApplicationId());
    }

    /** Returns the configuration of the scoring topology. The parameters are those of {@link #classify}. */
    public static Properties score(Settings settings, Map<String, String> cluster) {
        Map<String, Object> defaults = common();
        defaults.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, 1);
        // An image's prediction and label arrive seconds apart; until then the cache saves reads from RocksDB.
        defaults.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, 64L << 20);
        defaults.put(StreamsConfig.ROCKSDB_CONFIG_SETTER_CLASS_CONFIG, BoundedRocksDb.class.getName());
        return with(defaults, cluster, settings.streams(Settings.SCORE_PREFIX), settings.scoreApplicationId());
    }

    private static Map<String, Object> common() {
        Map<String, Object> defaults = new HashMap<>();
        defaults.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
        // A small busy machine can exceed the default of 10 s, which may kill a stream thread (KAFKA-20785).
        defaults.put(StreamsConfig.producerPrefix(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG), 30_000);
        // Fewer and larger requests; the latency is bounded by the commit interval of 100 ms.
        defaults.put(StreamsConfig.producerPrefix(ProducerConfig.BATCH_SIZE_CONFIG), 128 << 10);
        // Reassigns a killed instance's partitions after 15 s instead of the default of 45 s.
        defaults.put(StreamsConfig.consumerPrefix(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG), 15_000);
        return defaults;
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
        return all;
    }
}
