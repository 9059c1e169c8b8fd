package digitstream.score;

import digitstream.avro.ModelComparison;
import digitstream.challenge.PairCounts;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.Cancellable;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * The second stage of comparing: keeps the latest counts of each pair and partition, sums them, and publishes a comparison of
 * each pair whose sum has changed.
 */
final class ComparisonProcessor implements Processor<byte[], byte[], String, ModelComparison> {
    private final String pairsStore;
    private final double alpha;
    private final Duration retention;
    private final Duration publishInterval;

    private final Map<VersionPair, Map<Integer, PairSum>> pairs = new HashMap<>();
    private final Set<VersionPair> changed = new LinkedHashSet<>();
    private final Map<VersionPair, PairCounts> published = new HashMap<>();

    private @Nullable Cancellable timer;
    private ProcessorContext<String, ModelComparison> context;
    private KeyValueStore<byte[], byte[]> stored;

    // Kafka Streams calls init before anything else.
    @SuppressWarnings("NullAway.Init")
    ComparisonProcessor(String pairsStore, double alpha, Duration retention, Duration publishInterval) {
        this.pairsStore = pairsStore;
        this.alpha = alpha;
        this.retention = retention;
        this.publishInterval = publishInterval;
    }

    /** Forgets what the processor knew: Kafka Streams initializes it again when it revives a task whose state was corrupted. */
    @Override
    public void init(ProcessorContext<String, ModelComparison> context) {
        close();
        this.context = context;
        this.stored = context.getStateStore(pairsStore);
        pairs.clear();
        changed.clear();
        published.clear();
        try (KeyValueIterator<byte[], byte[]> all = stored.all()) {
            while (all.hasNext()) {
                KeyValue<byte[], byte[]> entry = all.next();
                keep(entry.key, entry.value);
            }
        }
        this.timer = context.schedule(publishInterval, PunctuationType.WALL_CLOCK_TIME, this::publish);
    }

    @Override
    public void process(Record<byte[], byte[]> part) {
        stored.put(part.key(), part.value());
        keep(part.key(), part.value());
    }

    private void keep(byte[] key, byte[] value) {
        VersionPair pair = VersionPair.fromBytes(key);
        pairs.computeIfAbsent(pair, ignored -> new HashMap<>())
                .put(CountsKey.fromBytes(key).partition(), PairSum.fromBytes(value));
        changed.add(pair);
    }

    private void publish(long now) {
        Map<VersionPair, PairSum> sums = new HashMap<>();
        pairs.forEach((pair, parts) -> sums.put(pair, parts.values().stream().reduce(PairSum.NONE, PairSum::plus)));
        long oldest = now - retention.toMillis();
        List.copyOf(sums.keySet()).stream()
                .filter(pair -> Objects.requireNonNull(sums.get(pair)).changedAtMillis() < oldest)
                .forEach(pair -> forget(pair, sums));
        while (sums.size() > PairSum.MAX_KEPT) {
            forget(PairSum.leastUsed(sums), sums);
        }
        for (VersionPair pair : changed) {
            PairCounts counts = Objects.requireNonNull(sums.get(pair)).counts();
            if (!counts.equals(published.put(pair, counts))) {
                context.forward(new Record<>(pair.text(), Comparisons.of(pair, counts, alpha, now), now));
            }
        }
        changed.clear();
    }

    private void forget(VersionPair pair, Map<VersionPair, PairSum> sums) {
        sums.remove(pair);
        changed.remove(pair);
        published.remove(pair);
        Objects.requireNonNull(pairs.remove(pair))
                .keySet()
                .forEach(partition -> stored.delete(pair.toBytes(partition)));
    }

    @Override
    public void close() {
        if (timer != null) {
            timer.cancel();
        }
    }
}
