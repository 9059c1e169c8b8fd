package digitstream.client;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads all partitions of some topics, committed records only, in no consumer group. Partitions that a topic is given later are
 * read from their beginning, within minutes. Used by one thread.
 */
public final class CommittedReader implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CommittedReader.class);
    private static final long LOOK_NANOS = Duration.ofMinutes(1).toNanos();
    private static final Duration LOOK_PATIENCE = Duration.ofSeconds(1);
    private static final int RECORDS_A_POLL = 2_000;

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Set<String> topics;
    private final Map<TopicPartition, Long> ends;
    private boolean caughtUp;
    private long lookedNanos = System.nanoTime();

    /** Where the reading of a topic begins. */
    public sealed interface Start {
        /** With the oldest record that is still there. */
        record Beginning() implements Start {}

        /** With what comes from now on. */
        record End() implements Start {}

        /**
         * With the records since a time, by their timestamps.
         *
         * @param atLeast of each partition, as many of the last offsets are read in any case
         */
        record Since(Instant time, long atLeast) implements Start {}
    }

    /**
     * Opens a reader.
     *
     * @param settings Kafka's, with where the brokers are
     * @param fromBeginning else only what comes from now on
     */
    public CommittedReader(Map<String, ?> settings, List<String> topics, boolean fromBeginning) {
        this(
                settings,
                topics.stream()
                        .collect(Collectors.toMap(
                                topic -> topic, topic -> fromBeginning ? new Start.Beginning() : new Start.End())));
    }

    /**
     * Opens a reader.
     *
     * @param settings Kafka's, with where the brokers are
     * @param topics each with where it is read from
     * @throws org.apache.kafka.common.KafkaException where the brokers do not answer
     */
    public CommittedReader(Map<String, ?> settings, Map<String, Start> topics) {
        Map<String, Object> all = new HashMap<>(settings);
        all.putIfAbsent(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        all.putIfAbsent(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, RECORDS_A_POLL);
        // Of a topic that was made anew, or whose oldest records are gone, what is there is read.
        all.putIfAbsent(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        all.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        all.remove(ConsumerConfig.GROUP_ID_CONFIG);
        this.topics = Set.copyOf(topics.keySet());
        this.consumer = new KafkaConsumer<>(all, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        try {
            Set<TopicPartition> partitions = new HashSet<>();
            for (String topic : topics.keySet()) {
                partitions.addAll(partitions(topic, consumer.partitionsFor(topic)));
            }
            consumer.assign(partitions);
            this.ends = Map.copyOf(consumer.endOffsets(partitions));
            topics.forEach(this::seek);
        } catch (RuntimeException e) {
            consumer.close();
            throw e;
        }
    }

    private static Set<TopicPartition> partitions(String topic, List<PartitionInfo> found) {
        return found.stream()
                .map(partition -> new TopicPartition(topic, partition.partition()))
                .collect(Collectors.toSet());
    }

    private void seek(String topic, Start start) {
        Set<TopicPartition> partitions = consumer.assignment().stream()
                .filter(partition -> partition.topic().equals(topic))
                .collect(Collectors.toSet());
        if (start instanceof Start.Since since) {
            Map<TopicPartition, Long> times = new HashMap<>();
            partitions.forEach(partition -> times.put(partition, since.time().toEpochMilli()));
            Map<TopicPartition, Long> first = consumer.beginningOffsets(partitions);
            consumer.offsetsForTimes(times).forEach((partition, found) -> {
                long end = end(partition);
                long from = Math.min(found == null ? end : found.offset(), end - since.atLeast());
                consumer.seek(partition, Math.max(first.getOrDefault(partition, 0L), from));
            });
        } else if (start instanceof Start.End) {
            partitions.forEach(partition -> consumer.seek(partition, end(partition)));
        } else {
            consumer.seekToBeginning(partitions);
        }
    }

    /** Where a partition ended when this was opened; 0 of one that was not there yet. */
    private long end(TopicPartition partition) {
        return ends.getOrDefault(partition, 0L);
    }

    /** The next records; none where none come in time. */
    public ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
        if (System.nanoTime() - lookedNanos > LOOK_NANOS) {
            lookedNanos = System.nanoTime();
            lookForPartitions();
        }
        return consumer.poll(timeout);
    }

    private void lookForPartitions() {
        Set<TopicPartition> all = new HashSet<>(consumer.assignment());
        try {
            for (String topic : topics) {
                all.addAll(partitions(topic, consumer.partitionsFor(topic, LOOK_PATIENCE)));
            }
        } catch (TimeoutException e) {
            LOG.debug("The brokers do not say which partitions there are; they are asked again later", e);
            return;
        }
        Set<TopicPartition> added = new HashSet<>(all);
        added.removeAll(consumer.assignment());
        if (!added.isEmpty()) {
            LOG.info("There are new partitions, which are read from now on: {}", added);
            consumer.assign(all);
            consumer.seekToBeginning(added);
        }
    }

    /** Whether all has been read that was there when this was opened. */
    public boolean isCaughtUp() {
        caughtUp =
                caughtUp || ends.entrySet().stream().allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
        return caughtUp;
    }

    /** Whether a record was there already when this was opened. */
    public boolean isPast(ConsumerRecord<byte[], byte[]> record) {
        return record.offset() < end(new TopicPartition(record.topic(), record.partition()));
    }

    @Override
    public void close() {
        consumer.close();
    }
}
