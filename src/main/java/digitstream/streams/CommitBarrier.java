package digitstream.streams;

import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.kstream.Named;
import org.apache.kafka.streams.state.KeyValueBytesStoreSupplier;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * Holds records back until just before Kafka Streams commits their task.
 *
 * <p>Kafka Streams has no public call for "before the commit". But it flushes the caches of state stores then: at the
 * commit interval, when a task is revoked, and when it is closed; what a cached table has taken in since the last flush
 * comes out of it, in time to be part of the commit. So a table is the barrier, over a store that is cached, not logged,
 * and keeps nothing. A cache without room lets records through early, and never late.
 *
 * <pre>
 *   markers -> [ cached table ] ... commit -> markers
 * </pre>
 */
public final class CommitBarrier {
    private CommitBarrier() {}

    /**
     * The markers again, each before the next commit; of those with equal keys only the last.
     *
     * @param markers keyed as the source topic is (after a change of key Kafka Streams would repartition them, into other
     *     tasks with other commits); never null
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
