package digitstream.streams;

import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.kstream.Named;
import org.apache.kafka.streams.processor.api.FixedKeyRecord;
import org.apache.kafka.streams.state.KeyValueBytesStoreSupplier;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * Holds records back until just before Kafka Streams commits their task.
 *
 * <p>Kafka Streams has no public callback before a commit. But it flushes the caches of state stores at that point: at the
 * commit interval, when a task is revoked, and when it is closed. A cached table then emits what it received since the last
 * flush, in time to be part of the commit. The barrier is such a table. Its store is cached, not logged, and keeps nothing.
 * A full cache lets records through early, never late.
 *
 * <pre>
 *   markers -> [ cached table ] ... commit -> markers
 * </pre>
 */
public final class CommitBarrier {
    private CommitBarrier() {}

    /**
     * A marker for a record. It has the key of the record, but neither its headers nor its timestamp: a table warns of each
     * record that is older than the one before with the same key.
     *
     * @param nowMillis the present time, in milliseconds since the epoch
     */
    public static <V> FixedKeyRecord<byte[], V> marker(FixedKeyRecord<byte[], ?> record, V value, long nowMillis) {
        return record.withValue(value).withTimestamp(nowMillis).withHeaders(new RecordHeaders());
    }

    /**
     * Emits each marker before the next commit. Of markers with equal keys, only the last one is emitted.
     *
     * @param markers with the keys of the source topic and no null values. After a change of key, Kafka Streams would
     *     repartition them into other tasks, with other commits.
     */
    public static <V> KStream<byte[], V> beforeCommit(
            KStream<byte[], V> markers, Serde<byte[]> keys, Serde<V> values, String name) {
        KeyValueBytesStoreSupplier nothing = new KeyValueBytesStoreSupplier() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public KeyValueStore<Bytes, byte[]> get() {
                return new ForgetfulStore(name);
            }

            @Override
            public String metricsScope() {
                return "commit-barrier";
            }
        };
        return markers.toTable(
                        Named.as(name),
                        Materialized.<byte[], V>as(nothing)
                                .withKeySerde(keys)
                                .withValueSerde(values)
                                .withCachingEnabled()
                                .withLoggingDisabled())
                .toStream();
    }
}
