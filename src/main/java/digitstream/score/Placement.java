package digitstream.score;

import static java.nio.charset.StandardCharsets.UTF_8;

import digitstream.common.Excerpt;
import io.micrometer.core.instrument.Counter;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.streams.processor.StreamPartitioner;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Knows the partition of each key, which is where the default partitioner of Kafka's Java client puts it. Finds the records of
 * producers that use another partitioner. Shared by the tasks of a topology; thread-safe.
 */
final class Placement {
    private static final Logger LOG = LoggerFactory.getLogger(Placement.class);

    private final int partitions;
    private final Map<String, Counter> misplaced;
    private final Set<String> warnedTopics = ConcurrentHashMap.newKeySet();

    /**
     * Creates the placement.
     *
     * @param partitions of the topics of labels and predictions, which have the same number
     * @param topics their names
     */
    Placement(int partitions, List<String> topics, ScoreMetrics metrics) {
        this.partitions = partitions;
        this.misplaced = topics.stream().collect(Collectors.toMap(topic -> topic, metrics::misplaced));
    }

    /** Whether a record lies in another partition than that of its key. Counts it if so, and warns of the first in its topic. */
    boolean isMisplaced(ConsumerRecord<byte[], byte[]> source) {
        int right = partition(source.key());
        if (source.partition() == right) {
            return false;
        }
        Objects.requireNonNull(misplaced.get(source.topic())).increment();
        if (warnedTopics.add(source.topic())) {
            LOG.warn(
                    "{} has records in the wrong partition, such as that of image '{}' in partition {} at offset {}, which"
                            + " belongs in partition {}. They are scored, but by way of an internal topic. Set"
                            + " partitioner=murmur2_random in their producer if it is built on librdkafka, such as kcat.",
                    source.topic(),
                    Excerpt.of(new String(source.key(), UTF_8)),
                    source.partition(),
                    source.offset(),
                    right);
        }
        return true;
    }

    /** Sends each record to the partition of its key. */
    // The only abstract method of the interface is deprecated.
    @SuppressWarnings("removal")
    <V> StreamPartitioner<byte[], V> partitioner() {
        // Not the producer's partitioner, which a setting may replace.
        return (topic, key, value, numPartitions) -> Optional.of(Set.of(partition(key)));
    }

    /** As Kafka's producer does it, so that labels meet the predictions that Kafka Streams writes. */
    private int partition(byte[] key) {
        return Utils.toPositive(Utils.murmur2(key)) % partitions;
    }
}
