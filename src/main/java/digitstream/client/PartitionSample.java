package digitstream.client;

import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Leaves out some partitions of fast topics, the same numbers in each topic, so that records with one key are all read or all left
 * out. Which ones changes from time to time. Estimates how many records the others got. Used by the consumer's thread.
 */
final class PartitionSample {
    private static final Logger LOG = LoggerFactory.getLogger(PartitionSample.class);
    private static final Duration TIMEOUT = Duration.ofSeconds(1);

    /** The partitions that are read change after this many calls. */
    private static final int CALLS_PER_TURN = 100;

    private final Consumer<byte[], byte[]> consumer;
    private final Set<String> topics;
    private final Set<TopicPartition> leftOut = new HashSet<>();
    private final Map<TopicPartition, Long> positions = new HashMap<>();
    private final Map<String, Read> read = new HashMap<>();
    private int calls;

    /** Offsets also count the markers of transactions. */
    private static final class Read {
        private long records;
        private long offsets;

        long records(long passed) {
            return offsets == 0 ? passed : Math.round((double) passed * records / offsets);
        }
    }

    PartitionSample(Consumer<byte[], byte[]> consumer, Set<String> topics) {
        this.consumer = consumer;
        this.topics = Set.copyOf(topics);
        topics.forEach(topic -> read.put(topic, new Read()));
    }

    /** Notes what a poll has returned. */
    void polled(ConsumerRecords<byte[], byte[]> records) {
        records.nextOffsets().forEach((partition, next) -> {
            Read all = read.get(partition.topic());
            Long before = positions.put(partition, next.offset());
            if (all != null && before != null && !leftOut.contains(partition)) {
                all.records += records.records(partition).size();
                all.offsets += next.offset() - before;
            }
        });
    }

    /**
     * Reads one partition in so many, at least one of each topic, and goes to the end of the others.
     *
     * @return how many records the others got since the last call, by topic; empty if the brokers do not respond
     */
    Map<String, Long> read(int oneIn) {
        Map<String, Long> passed = new HashMap<>();
        try {
            consumer.endOffsets(leftOut, TIMEOUT).forEach((partition, end) -> {
                passed.merge(partition.topic(), Math.max(0, end - consumer.position(partition, TIMEOUT)), Long::sum);
                consumer.seek(partition, end);
            });
        } catch (TimeoutException e) {
            LOG.debug("Timed out asking for the ends of {}; will retry", leftOut, e);
            return Map.of();
        }
        choose(oneIn);
        passed.replaceAll(
                (topic, offsets) -> read.getOrDefault(topic, new Read()).records(offsets));
        return passed;
    }

    /** Reads all partitions again, from where they were left at the last call. */
    void readAll() {
        consumer.resume(leftOut);
        leftOut.clear();
        positions.clear();
        calls = 0;
    }

    boolean isWhole() {
        return leftOut.isEmpty();
    }

    private void choose(int oneIn) {
        int turn = calls++ / CALLS_PER_TURN;
        Set<TopicPartition> chosen = new HashSet<>();
        Set<TopicPartition> others = new HashSet<>();
        for (String topic : topics) {
            List<TopicPartition> partitions = consumer.assignment().stream()
                    .filter(partition -> partition.topic().equals(topic))
                    .sorted(Comparator.comparingInt(TopicPartition::partition))
                    .toList();
            int size = partitions.size();
            int part = Math.max(1, size / oneIn);
            Set<Integer> numbers = new TreeSet<>();
            for (int i = 0; i < part && size > 0; i++) {
                numbers.add((turn * part + i) % size);
            }
            for (int i = 0; i < size; i++) {
                (numbers.contains(i) ? chosen : others).add(partitions.get(i));
            }
        }
        if (!others.equals(leftOut)) {
            // What was noted of a partition ends where it is left out.
            positions.keySet().removeAll(others);
            positions.keySet().removeAll(leftOut);
            consumer.pause(others);
            consumer.resume(chosen);
            leftOut.clear();
            leftOut.addAll(others);
        }
    }
}
