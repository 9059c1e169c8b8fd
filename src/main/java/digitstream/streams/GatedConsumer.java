package digitstream.streams;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
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
class GatedConsumer extends KafkaConsumer<byte[], byte[]> {
    /** How long a poll may take while a partition waits. */
    private static final Duration WAITING_POLL = Duration.ofMillis(100);
    /** A waiting record is fetched again after this time: retention may have deleted it. */
    private static final long REFETCH_MILLIS = 10_000;
    /** How long a record that still exists takes to come back. */
    private static final long REFETCH_TIMEOUT_MILLIS = 3_000;

    private final RecordGate gate;
    private final Clock clock;
    private final Map<TopicPartition, Held> held = new HashMap<>();
    private final Map<TopicPartition, Seen> seen = new HashMap<>();
    /** Partitions whose waiting record is being fetched again, and since when, in milliseconds. */
    private final Map<TopicPartition, Long> refetching = new HashMap<>();

    GatedConsumer(Map<String, Object> settings, RecordGate gate, Clock clock) {
        super(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        this.gate = gate;
        this.clock = clock;
    }

    /** A partition's record that waits, since when, and whether Kafka Streams has paused the partition too. */
    private record Held(ConsumerRecord<byte[], byte[]> record, long sinceMillis, boolean pausedByStreams) {}

    /** When the records of a partition up to an offset were first fetched. */
    private record Seen(long upToOffset, long atMillis) {}

    @Override
    public void subscribe(Collection<String> topics, ConsumerRebalanceListener listener) {
        super.subscribe(topics, new Announced(listener));
    }

    @Override
    public void subscribe(Pattern pattern, ConsumerRebalanceListener listener) {
        super.subscribe(pattern, new Announced(listener));
    }

    /** Tells the gate which partitions are assigned, before Kafka Streams learns of it. */
    private final class Announced implements ConsumerRebalanceListener {
        private final ConsumerRebalanceListener listener;

        Announced(ConsumerRebalanceListener listener) {
            this.listener = listener;
        }

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            gate.assigned(partitions);
            listener.onPartitionsAssigned(partitions);
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            listener.onPartitionsRevoked(partitions);
        }

        @Override
        public void onPartitionsLost(Collection<TopicPartition> partitions) {
            listener.onPartitionsLost(partitions);
        }
    }

    @Override
    public ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
        if (held.isEmpty() && refetching.isEmpty()) {
            return admitted(super.poll(timeout));
        }
        release();
        boolean shorter = !held.isEmpty() && timeout.compareTo(WAITING_POLL) > 0;
        ConsumerRecords<byte[], byte[]> admitted = admitted(super.poll(shorter ? WAITING_POLL : timeout));
        endRefetches(admitted);
        return admitted;
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
                gate.releases(partition);
                unpause(partition, waiting);
            } else if (waiting != null && clock.millis() - waiting.sinceMillis() >= REFETCH_MILLIS) {
                unpause(partition, waiting);
                refetching.put(partition, clock.millis());
            }
        }
    }

    private void unpause(TopicPartition partition, Held waiting) {
        held.remove(partition);
        if (!waiting.pausedByStreams()) {
            super.resume(Set.of(partition));
        }
    }

    /** A record that is fetched again is held again, or admitted, or does not come because it was deleted. */
    private void endRefetches(ConsumerRecords<byte[], byte[]> admitted) {
        for (TopicPartition partition : List.copyOf(refetching.keySet())) {
            long since = Objects.requireNonNull(refetching.get(partition));
            if (held.containsKey(partition)) {
                refetching.remove(partition);
            } else if (!admitted.records(partition).isEmpty()
                    || clock.millis() - since >= REFETCH_TIMEOUT_MILLIS
                    || !assignment().contains(partition)) {
                refetching.remove(partition);
                gate.releases(partition);
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
        held.put(partition, new Held(record, clock.millis(), false));
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
        partitions.forEach(partition -> held.computeIfPresent(
                partition, (key, waiting) -> new Held(waiting.record(), waiting.sinceMillis(), true)));
    }

    @Override
    public void resume(Collection<TopicPartition> partitions) {
        List<TopicPartition> free = new ArrayList<>(partitions);
        free.removeAll(held.keySet());
        super.resume(free);
        partitions.forEach(partition -> held.computeIfPresent(
                partition, (key, waiting) -> new Held(waiting.record(), waiting.sinceMillis(), false)));
    }

    @Override
    public void close() {
        held.keySet().forEach(gate::releases);
        refetching.keySet().forEach(gate::releases);
        held.clear();
        super.close();
    }
}
