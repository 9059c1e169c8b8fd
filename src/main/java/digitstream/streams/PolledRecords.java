package digitstream.streams;

import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.streams.processor.api.FixedKeyRecord;
import org.apache.kafka.streams.processor.api.ProcessingContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.jspecify.annotations.Nullable;

/**
 * The records of a partition that one poll returned. Kafka Streams handles them as one record: they travel in its headers,
 * because a header is the one part of a record that Kafka Streams passes on by reference. So its cost per record is paid once per
 * poll, and a processor gets its batch in one call.
 *
 * <p>The record has the offset of the first one, which Kafka Streams commits until the record is processed; after that it commits
 * the position behind the last one. So the records are committed together or not at all. A processor must have finished with all
 * of them when {@code process} returns.
 *
 * <p>Used by the stream thread that polled them.
 */
public final class PolledRecords implements Header {
    private static final String KEY = "digitstream.polled";
    private static final byte[] NO_BYTES = {};

    private final List<ConsumerRecord<byte[], byte[]>> records;
    private final long polledAtMillis;
    private final @Nullable CommitPace pace;
    /** Shared by all records of the poll. */
    private final List<PolledRecords> poll;

    private @Nullable Object attached;

    private PolledRecords(
            List<ConsumerRecord<byte[], byte[]>> records,
            long polledAtMillis,
            @Nullable CommitPace pace,
            List<PolledRecords> poll) {
        this.records = records;
        this.polledAtMillis = polledAtMillis;
        this.pace = pace;
        this.poll = poll;
    }

    /**
     * Bundles the records of a poll.
     *
     * @param partitions at least one record of each partition, in the order of their offsets
     * @param pace null if Kafka Streams alone decides when to commit
     * @return one bundle for each partition, in the same order
     */
    public static List<PolledRecords> ofPoll(
            List<List<ConsumerRecord<byte[], byte[]>>> partitions, long polledAtMillis, @Nullable CommitPace pace) {
        List<PolledRecords> poll = new ArrayList<>(partitions.size());
        partitions.forEach(records -> poll.add(new PolledRecords(records, polledAtMillis, pace, poll)));
        return Collections.unmodifiableList(poll);
    }

    /** The one record in which Kafka Streams sees these. */
    ConsumerRecord<byte[], byte[]> asOne() {
        ConsumerRecord<byte[], byte[]> first = records.get(0);
        return new ConsumerRecord<>(
                first.topic(),
                first.partition(),
                first.offset(),
                records.get(records.size() - 1).timestamp(),
                first.timestampType(),
                0,
                0,
                NO_BYTES,
                NO_BYTES,
                new RecordHeaders().add(this),
                first.leaderEpoch());
    }

    /** The records that a record stands for, or the record itself if it stands for no others. */
    public static PolledRecords of(Record<byte[], byte[]> record, ProcessingContext context, Clock clock) {
        return of(record.key(), record.value(), record.timestamp(), record.headers(), context, clock);
    }

    /** The records that a record stands for, or the record itself if it stands for no others. */
    public static PolledRecords of(FixedKeyRecord<byte[], byte[]> record, ProcessingContext context, Clock clock) {
        return of(record.key(), record.value(), record.timestamp(), record.headers(), context, clock);
    }

    private static PolledRecords of(
            byte @Nullable [] key,
            byte @Nullable [] value,
            long timestamp,
            Headers headers,
            ProcessingContext context,
            Clock clock) {
        if (headers.lastHeader(KEY) instanceof PolledRecords polled) {
            return polled;
        }
        RecordMetadata metadata = context.recordMetadata()
                .orElseThrow(() -> new IllegalStateException("only a consumed record has a source position"));
        ConsumerRecord<byte[], byte[]> single = new ConsumerRecord<>(
                metadata.topic(),
                metadata.partition(),
                metadata.offset(),
                timestamp,
                TimestampType.CREATE_TIME,
                ConsumerRecord.NULL_SIZE,
                ConsumerRecord.NULL_SIZE,
                key,
                value,
                headers,
                Optional.empty());
        return ofPoll(List.of(List.of(single)), clock.millis(), null).get(0);
    }

    /** The records, unchanged, in the order of their offsets. Keys and values may be null, timestamps any number. */
    public List<ConsumerRecord<byte[], byte[]>> records() {
        return records;
    }

    /** When the records were polled, in milliseconds since the epoch. */
    public long polledAtMillis() {
        return polledAtMillis;
    }

    /** When the stream thread should commit, or empty if Kafka Streams alone decides. */
    public Optional<CommitPace> pace() {
        return Optional.ofNullable(pace);
    }

    /** The records of all partitions that the same poll returned, these among them. */
    public List<PolledRecords> poll() {
        return Collections.unmodifiableList(poll);
    }

    /** Attaches what a processor has computed from these records for the one that gets them. */
    public void attach(Object computed) {
        attached = computed;
    }

    /** Returns what was attached, and detaches it; null if nothing is. */
    public @Nullable Object take() {
        Object taken = attached;
        attached = null;
        return taken;
    }

    @Override
    public String key() {
        return KEY;
    }

    @Override
    public byte[] value() {
        return NO_BYTES;
    }
}
