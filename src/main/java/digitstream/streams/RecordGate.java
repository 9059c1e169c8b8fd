package digitstream.streams;

import java.util.Collection;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * Decides which consumed records may enter a topology. A record that may not, because something that it needs is away, waits in
 * its partition with those after it; other partitions go on. Thread-safe: the consumers of all stream threads share one.
 */
public interface RecordGate extends AutoCloseable {

    /** Admits every record. */
    RecordGate OPEN = new RecordGate() {
        @Override
        public boolean admits(ConsumerRecord<byte[], byte[]> record, long firstSeenMillis) {
            return true;
        }

        @Override
        public void prepare(Collection<ConsumerRecord<byte[], byte[]>> records) {}

        @Override
        public void holds(TopicPartition partition, ConsumerRecord<byte[], byte[]> record) {}

        @Override
        public void releases(TopicPartition partition) {}

        @Override
        public int waitingPartitions() {
            return 0;
        }

        @Override
        public Optional<String> unavailable() {
            return Optional.empty();
        }

        @Override
        public void close() {}
    };

    /**
     * Whether a record may enter the topology. Returns at once.
     *
     * @param firstSeenMillis when the record was first fetched, in milliseconds since the epoch
     */
    boolean admits(ConsumerRecord<byte[], byte[]> record, long firstSeenMillis);

    /** Fetches what these records need, and waits for it for a short time. */
    void prepare(Collection<ConsumerRecord<byte[], byte[]>> records) throws InterruptedException;

    /** Says that a partition waits because of a record. */
    void holds(TopicPartition partition, ConsumerRecord<byte[], byte[]> record);

    /** Says that a partition waits no longer, or belongs to another consumer. */
    void releases(TopicPartition partition);

    /** Says that partitions were assigned to a consumer of this process. Returns at once. */
    default void assigned(Collection<TopicPartition> partitions) {}

    /** How many partitions wait. */
    int waitingPartitions();

    /** What is away and which record waits for it, in one line, or empty if nothing that a record needs is away. */
    Optional<String> unavailable();

    @Override
    void close();
}
