package digitstream.streams;

import java.time.Clock;
import java.time.Duration;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.streams.processor.TimestampExtractor;

/**
 * The record's timestamp if a broker would take it, otherwise the present time. The timestamp is only passed on to what the
 * topology produces; event time is a field of the value.
 *
 * <p>Some clients send -1, or the first day of year 1. Kafka Streams' own extractors stop at a negative timestamp, or drop the
 * record. A timestamp too far ahead is read without trouble, but the broker rejects the results that have it.
 */
public record InputTimestamps(Clock clock) implements TimestampExtractor {
    /** The broker's default of {@code message.timestamp.after.max.ms}, less what the clocks of two machines may differ. */
    private static final Duration MAX_AHEAD = Duration.ofMinutes(50);

    @Override
    public long extract(ConsumerRecord<Object, Object> record, long partitionTime) {
        return valid(record.timestamp(), clock.millis());
    }

    /** The timestamp if a broker would take it, otherwise the present time, in milliseconds since the epoch. */
    public static long valid(long timestamp, long nowMillis) {
        return timestamp >= 0 && timestamp <= nowMillis + MAX_AHEAD.toMillis() ? timestamp : nowMillis;
    }
}
