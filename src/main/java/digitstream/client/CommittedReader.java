package digitstream.client;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads all partitions of some topics, committed records only, in no consumer group. Used by one thread. */
public final class CommittedReader implements AutoCloseable {
    private final KafkaConsumer<byte[], byte[]> consumer;

    /**
     * Opens a reader.
     *
     * @param settings Kafka's, with where the brokers are
     * @param fromBeginning else only what comes from now on
     */
    public CommittedReader(Map<String, ?> settings, List<String> topics, boolean fromBeginning) {
        this(settings, topics);
        if (fromBeginning) {
            consumer.seekToBeginning(consumer.assignment());
        } else {
            consumer.seekToEnd(consumer.assignment());
            // Seeking is lazy; the end is that of now.
            consumer.assignment().forEach(consumer::position);
        }
    }

    private CommittedReader(Map<String, ?> settings, List<String> topics) {
        Map<String, Object> all = new HashMap<>(settings);
        all.putIfAbsent(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        all.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        all.remove(ConsumerConfig.GROUP_ID_CONFIG);
        this.consumer = new KafkaConsumer<>(all, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        List<TopicPartition> partitions = new ArrayList<>();
        for (String topic : topics) {
            consumer.partitionsFor(topic)
                    .forEach(partition -> partitions.add(new TopicPartition(topic, partition.partition())));
        }
        consumer.assign(partitions);
    }

    /**
     * Opens a reader that begins with the records since a time.
     *
     * @param atLeast of each partition, as many of the last offsets are read in any case
     */
    public static CommittedReader since(Map<String, ?> settings, List<String> topics, Instant start, long atLeast) {
        CommittedReader reader = new CommittedReader(settings, topics);
        KafkaConsumer<byte[], byte[]> consumer = reader.consumer;
        Map<TopicPartition, Long> times = new HashMap<>();
        consumer.assignment().forEach(partition -> times.put(partition, start.toEpochMilli()));
        Map<TopicPartition, Long> first = consumer.beginningOffsets(consumer.assignment());
        Map<TopicPartition, Long> end = consumer.endOffsets(consumer.assignment());
        consumer.offsetsForTimes(times).forEach((partition, found) -> {
            long last = end.getOrDefault(partition, 0L);
            long from = Math.min(found == null ? last : found.offset(), last - atLeast);
            consumer.seek(partition, Math.max(first.getOrDefault(partition, 0L), from));
        });
        return reader;
    }

    /** The next records; none where none come in time. */
    public ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
        return consumer.poll(timeout);
    }

    @Override
    public void close() {
        consumer.close();
    }
}
