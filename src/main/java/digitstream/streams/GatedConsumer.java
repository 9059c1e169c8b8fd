package digitstream.streams;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * The consumer of a stream thread, which returns records only if a {@link RecordGate} admits them. At the first record that it
 * does not, the consumer pauses the partition and goes back to that record's offset. So Kafka Streams never sees the record,
 * keeps polling, commits the offsets before it, and processes the other partitions.
 *
 * <p>Waiting inside a processor was rejected: it stops all partitions of the thread, its open transaction times out, and after
 * {@code max.poll.interval.ms} the group takes the thread for dead.
 */
final class GatedConsumer extends KafkaConsumer<byte[], byte[]> {
    /** How long a poll may take while a partition waits. */
    private static final Duration WAITING_POLL = Duration.ofMillis(100);

    private final RecordGate gate;
    private final Clock clock;
    private final Map<TopicPartition, Held> held = new HashMap<>();
    private final Map<TopicPartition, Seen> seen = new HashMap<>();

    GatedConsumer(Map<String, Object> settings, RecordGate gate, Clock clock) {
        super(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        this.gate = gate;
        this.clock = clock;
    }

    /** A partition's record that waits, and whether Kafka Streams has paused the partition too. */
    private record Held(ConsumerRecord<byte[], byte[]> record, boolean pausedByStreams) {}

    /** When the records of a partition up to an offset were first fetched. */
    private record Seen(long upToOffset, long atMillis) {}

    @Override
    public ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
        if (held.isEmpty()) {
            return admitted(super.poll(timeout));
        }
        release();
        boolean shorter = !held.isEmpty() && timeout.compareTo(WAITING_POLL) > 0;
        return admitted(super.poll(shorter ? WAITING_POLL : timeout));
    }

    private void release() {
        Set<TopicPartition> assigned = assignment();
        for (TopicPartition partition : List.copyOf(held.keySet())) {
            Held waiting = held.get(partition);
            if (!assigned.contains(partition)) {
                held.remove(partition);
                seen.remove(partition);
                gate.releases(partition);
            } else if (waiting != null && gate.admits(waiting.record(), firstSeen(partition, waiting.record()))) {
                held.remove(partition);
                gate.releases(partition);
                if (!waiting.pausedByStreams()) {
                    super.resume(Set.of(partition));
                }
            }
        }
    }

    private ConsumerRecords<byte[], byte[]> admitted(ConsumerRecords<byte[], byte[]> polled) {
        List<ConsumerRecord<byte[], byte[]>> open = new ArrayList<>();
        for (TopicPartition partition : polled.partitions()) {
            for (ConsumerRecord<byte[], byte[]> record : polled.records(partition)) {
                if (!gate.admits(record, firstSeen(partition, record))) {
                    open.add(record);
                }
            }
        }
        if (open.isEmpty()) {
            return polled;
        }
        try {
            gate.prepare(open);
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
        return cutAtTheFirstNotAdmitted(polled);
    }

    private ConsumerRecords<byte[], byte[]> cutAtTheFirstNotAdmitted(ConsumerRecords<byte[], byte[]> polled) {
        Map<TopicPartition, List<ConsumerRecord<byte[], byte[]>>> admitted = new HashMap<>();
        Map<TopicPartition, OffsetAndMetadata> nextOffsets = new HashMap<>(polled.nextOffsets());
        for (TopicPartition partition : polled.partitions()) {
            List<ConsumerRecord<byte[], byte[]>> records = polled.records(partition);
            int count = 0;
            while (count < records.size()
                    && gate.admits(records.get(count), firstSeen(partition, records.get(count)))) {
                count++;
            }
            if (count < records.size()) {
                OffsetAndMetadata next = hold(partition, records, count);
                nextOffsets.put(partition, next);
            }
            if (count > 0) {
                admitted.put(partition, records.subList(0, count));
            }
        }
        return new ConsumerRecords<>(admitted, nextOffsets);
    }

    private OffsetAndMetadata hold(TopicPartition partition, List<ConsumerRecord<byte[], byte[]>> records, int first) {
        ConsumerRecord<byte[], byte[]> record = records.get(first);
        OffsetAndMetadata position = new OffsetAndMetadata(record.offset(), record.leaderEpoch(), "");
        super.pause(Set.of(partition));
        seek(partition, position);
        Seen before = seen.get(partition);
        if (before == null || before.upToOffset() < record.offset()) {
            seen.put(partition, new Seen(records.get(records.size() - 1).offset(), clock.millis()));
        }
        held.put(partition, new Held(record, false));
        gate.holds(partition, record);
        return position;
    }

    private long firstSeen(TopicPartition partition, ConsumerRecord<byte[], byte[]> record) {
        Seen before = seen.isEmpty() ? null : seen.get(partition);
        return before == null || before.upToOffset() < record.offset() ? clock.millis() : before.atMillis();
    }

    @Override
    public void pause(Collection<TopicPartition> partitions) {
        super.pause(partitions);
        partitions.forEach(
                partition -> held.computeIfPresent(partition, (key, waiting) -> new Held(waiting.record(), true)));
    }

    @Override
    public void resume(Collection<TopicPartition> partitions) {
        List<TopicPartition> free = new ArrayList<>(partitions);
        free.removeAll(held.keySet());
        super.resume(free);
        partitions.forEach(
                partition -> held.computeIfPresent(partition, (key, waiting) -> new Held(waiting.record(), false)));
    }

    @Override
    public void close() {
        held.keySet().forEach(gate::releases);
        held.clear();
        super.close();
    }
}
