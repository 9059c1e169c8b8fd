package digitstream.score;

import digitstream.challenge.PairCounts;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/** The counts of the pairs of one partition, in a logged store. */
final class PartitionPairs {
    private final KeyValueStore<byte[], byte[]> stored;
    private final int partition;
    private final long retentionMillis;
    private final Map<VersionPair, PairSum> sums = new HashMap<>();
    private final Set<VersionPair> changed = new LinkedHashSet<>();

    /** Receives counts. */
    interface Parts {
        void part(byte[] key, byte[] sum);
    }

    /**
     * Reads what is stored.
     *
     * @param retention how long counts are kept that do not change
     */
    PartitionPairs(KeyValueStore<byte[], byte[]> stored, int partition, Duration retention) {
        this.stored = stored;
        this.partition = partition;
        this.retentionMillis = retention.toMillis();
        try (KeyValueIterator<byte[], byte[]> all = stored.all()) {
            while (all.hasNext()) {
                KeyValue<byte[], byte[]> entry = all.next();
                sums.put(VersionPair.fromBytes(entry.key), PairSum.fromBytes(entry.value));
            }
        }
        changed.addAll(sums.keySet());
    }

    /** Adds the changes of a commit. */
    void add(Map<VersionPair, PairCounts> changes, long nowMillis) {
        PairCounts none = new PairCounts();
        changes.forEach((pair, change) -> {
            // A label of an image that has been in the pair takes it back and adds it again.
            if (!change.equals(none)) {
                PairSum sum = sums.getOrDefault(pair, PairSum.NONE).plus(change, nowMillis);
                sums.put(pair, sum);
                stored.put(pair.toBytes(partition), sum.toBytes());
                changed.add(pair);
            }
        });
        while (sums.size() > PairSum.MAX_KEPT) {
            forget(PairSum.leastUsed(sums));
        }
    }

    private void forget(VersionPair pair) {
        sums.remove(pair);
        changed.remove(pair);
        stored.delete(pair.toBytes(partition));
    }

    /** Passes on the counts that have changed since the last call, and forgets those that have not for the retention. */
    void publish(long nowMillis, Parts parts) {
        List<VersionPair> old = sums.entrySet().stream()
                .filter(sum -> sum.getValue().changedAtMillis() < nowMillis - retentionMillis)
                .map(Map.Entry::getKey)
                .toList();
        old.forEach(this::forget);
        for (VersionPair pair : changed) {
            parts.part(
                    pair.toBytes(partition),
                    Objects.requireNonNull(sums.get(pair)).toBytes());
        }
        changed.clear();
    }
}
