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
 * How far a consumer group is behind the end of its topics. Safe for use by several threads, as the admin client is.
 *
 * @param patience how long the brokers may take to answer one question, of three
 */
public record ConsumerLag(Admin admin, String group, Set<String> topics, Duration patience) {
    public ConsumerLag {
        topics = Set.copyOf(topics);
    }

    /**
     * Where the topics and their reader stand.
     *
     * @param end offsets that the topics' partitions have given out so far, summed
     * @param lag records of each partition that the group has not committed, summed over the topics; of one without a commit all count
     */
    public record Position(long end, SortedMap<Integer, Long> lag) {

        /** Records of all partitions that the group has not committed. */
        public long totalLag() {
            return lag.values().stream().mapToLong(Long::longValue).sum();
        }
    }

    /**
     * Asks the brokers.
     *
     * @throws KafkaException where they don't answer, or a topic does not exist
     */
    public Position position() throws InterruptedException {
        int timeoutMillis = (int) patience.toMillis();
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
