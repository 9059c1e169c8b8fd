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
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the committed records of all partitions of some topics, without a consumer group. Checks for added partitions every
 * minute, and reads them from their beginning. Used by one thread.
 */
public final class CommittedReader implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CommittedReader.class);
    private static final long PARTITION_CHECK_INTERVAL_NANOS =
            Duration.ofMinutes(1).toNanos();
    private static final Duration PARTITION_CHECK_TIMEOUT = Duration.ofSeconds(1);
    private static final int MAX_POLL_RECORDS = 2_000;

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Set<String> topics;
    private final Map<TopicPartition, Long> ends;
    private @Nullable PartitionSample sample;
    private boolean caughtUp;
    private long partitionCheckNanos = System.nanoTime();

    /** The position from which a topic is read. */
    public sealed interface Start {
        /** The earliest record. */
        record Beginning() implements Start {}

        /** The end of the topic: new records only. */
        record End() implements Start {}

        /**
         * The first record with a timestamp at or after a time.
         *
         * @param atLeast the minimum number of offsets to read at the end of each partition, even if they are older
         */
        record Since(Instant time, long atLeast) implements Start {}
    }

    /**
     * Opens a reader.
     *
     * @param settings the settings of the consumer, with {@code bootstrap.servers}
     * @param fromBeginning whether to start with the earliest record instead of the end
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
     * @param settings the settings of the consumer, with {@code bootstrap.servers}
     * @param topics the topics and their start positions
     * @throws org.apache.kafka.common.KafkaException if the brokers do not respond
     */
    public CommittedReader(Map<String, ?> settings, Map<String, Start> topics) {
        Map<String, Object> all = new HashMap<>(settings);
        all.putIfAbsent(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        all.putIfAbsent(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, MAX_POLL_RECORDS);
        // If a topic was recreated, or its earliest records were deleted, read from its beginning.
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

    /** Returns the end offset of a partition when this reader was opened; 0 for a partition added later. */
    private long end(TopicPartition partition) {
        return ends.getOrDefault(partition, 0L);
    }

    /** Returns the next records, or none if none arrive within the timeout. */
    public ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
        if (System.nanoTime() - partitionCheckNanos > PARTITION_CHECK_INTERVAL_NANOS) {
            partitionCheckNanos = System.nanoTime();
            addNewPartitions();
        }
        ConsumerRecords<byte[], byte[]> records = consumer.poll(timeout);
        if (sample != null) {
            sample.polled(records);
        }
        return records;
    }

    /**
     * From now on reads only one partition in so many of some topics, the same numbers in each and at least one, and changes them
     * every hundred calls. Records of the others are never returned. Call it about ten times a second; it may wait for the
     * brokers for a second.
     *
     * @param topics the same in each call
     * @return how many records the others got since the last call, by topic, estimated from their offsets
     */
    public Map<String, Long> sample(Set<String> topics, int oneIn) {
        if (sample == null) {
            sample = new PartitionSample(consumer, topics);
        }
        return sample.read(oneIn);
    }

    /** Reads all partitions again. It then also returns what those that were left out have got since the last call. */
    public void sampleAll() {
        if (sample != null && !sample.isWhole()) {
            sample.readAll();
        }
    }

    private void addNewPartitions() {
        Set<TopicPartition> all = new HashSet<>(consumer.assignment());
        try {
            for (String topic : topics) {
                all.addAll(partitions(topic, consumer.partitionsFor(topic, PARTITION_CHECK_TIMEOUT)));
            }
        } catch (TimeoutException e) {
            LOG.debug("Timed out checking for new partitions; will retry", e);
            return;
        }
        Set<TopicPartition> added = new HashSet<>(all);
        added.removeAll(consumer.assignment());
        if (!added.isEmpty()) {
            LOG.info("Found new partitions; reading them from their beginning: {}", added);
            consumer.assign(all);
            consumer.seekToBeginning(added);
        }
    }

    /** Returns the number of partitions of a topic that are known. */
    public int partitions(String topic) {
        return (int) consumer.assignment().stream()
                .filter(partition -> partition.topic().equals(topic))
                .count();
    }

    /** Returns the offset of the next record of a topic's only partition; every committed record before it has been returned. */
    public long position(String topic) {
        return consumer.position(new TopicPartition(topic, 0));
    }

    /** Returns whether every record that existed when this reader was opened has been read. */
    public boolean isCaughtUp() {
        caughtUp =
                caughtUp || ends.entrySet().stream().allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
        return caughtUp;
    }

    /** Returns whether every committed record that exists now has been read. Asks the brokers. */
    public boolean isAtEnd() {
        return consumer.endOffsets(consumer.assignment()).entrySet().stream()
                .allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
    }

    /** Returns whether a record existed when this reader was opened. */
    public boolean isPast(ConsumerRecord<byte[], byte[]> record) {
        return record.offset() < end(new TopicPartition(record.topic(), record.partition()));
    }

    @Override
    public void close() {
        consumer.close();
    }
}
