package digitstream.client;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/**
 * Measures the lag of a consumer group. Thread-safe, as the admin client is.
 *
 * @param timeout for each of the three requests of a measurement
 */
public record ConsumerLag(Admin admin, String group, Set<String> topics, Duration timeout) {
    public ConsumerLag {
        topics = Set.copyOf(topics);
    }

    /**
     * The position of a consumer group in its topics.
     *
     * @param end the sum of the end offsets of all partitions
     * @param lag records that the group has not committed, by partition number, summed over the topics; without a commit, the
     *     whole partition counts
     */
    public record Position(long end, SortedMap<Integer, Long> lag) {

        /** Returns the number of records that the group has not committed, over all partitions. */
        public long totalLag() {
            return lag.values().stream().mapToLong(Long::longValue).sum();
        }
    }

    /**
     * Queries the brokers.
     *
     * @throws KafkaException if they do not respond, or a topic does not exist
     */
    public Position position() throws InterruptedException {
        int timeoutMillis = (int) timeout.toMillis();
        Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
        for (TopicDescription description : KafkaFutures.get(
                        admin.describeTopics(topics, new DescribeTopicsOptions().timeoutMs(timeoutMillis))
                                .allTopicNames())
                .values()) {
            description
                    .partitions()
                    .forEach(partition -> latest.put(
                            new TopicPartition(description.name(), partition.partition()), OffsetSpec.latest()));
        }
        Map<TopicPartition, ListOffsetsResult.ListOffsetsResultInfo> ends =
                KafkaFutures.get(admin.listOffsets(latest, new ListOffsetsOptions().timeoutMs(timeoutMillis))
                        .all());
        Map<TopicPartition, OffsetAndMetadata> committed = KafkaFutures.get(
                admin.listConsumerGroupOffsets(group, new ListConsumerGroupOffsetsOptions().timeoutMs(timeoutMillis))
                        .partitionsToOffsetAndMetadata());
        long end = 0;
        SortedMap<Integer, Long> lag = new TreeMap<>();
        for (var partition : ends.entrySet()) {
            OffsetAndMetadata offset = committed.get(partition.getKey());
            long last = partition.getValue().offset();
            end += last;
            long behind = Math.max(0, last - (offset == null ? 0 : offset.offset()));
            lag.merge(partition.getKey().partition(), behind, Long::sum);
        }
        return new Position(end, lag);
    }
}
