package digitstream.score;

import static org.assertj.core.api.Assertions.assertThat;

import digitstream.accuracy.AccuracyCounts;
import digitstream.accuracy.LabelOutcomes;
import digitstream.accuracy.ModelVersion;
import digitstream.avro.Accuracy;
import digitstream.settings.ScoreSettings;
import digitstream.streams.TaskMemory;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.processor.api.MockProcessorContext.CapturedPunctuator;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;
import org.junit.jupiter.api.Test;

/** Initializes processors again with another state, as Kafka Streams does when it revives a task whose state was corrupted. */
class RevivedTaskTest {
    private static final ModelVersion MODEL = new ModelVersion("m", "1");
    private static final long NOW = Instant.parse("2026-01-01T00:00:00Z").toEpochMilli();
    /** What an older version made of the smallest event time. */
    private static final long IMPOSSIBLE = Math.floorDiv(Long.MIN_VALUE, 10_000L) * 10_000L;

    private final ScoreMetrics metrics = new ScoreMetrics(new SimpleMeterRegistry());
    private final KeyValueStore<byte[], byte[]> counts = store("counts");
    private final KeyValueStore<byte[], byte[]> images = store("images");
    private final KeyValueStore<byte[], byte[]> unmatched = store("unmatched");
    private final KeyValueStore<byte[], byte[]> pairs = store("pairs-by-partition");
    private final TaskMemory<PendingCounts> pending = TaskMemory.builder(
                    "pending", PendingCounts::new, PendingCounts::clear)
            .build();

    @Test
    void forgetsThePartialCountsAndTheirTimers() {
        MockProcessorContext<byte[], byte[]> context = context();
        put(MODEL, CountsKey.SINCE_START);
        counts.put(
                new CountsKey(CountsKey.LABELS, CountsKey.SINCE_START, 0).toBytes(),
                new LabelOutcomes(5, 5, 0, 0, 0, 0).toBytes());
        PartialCountsProcessor processor = new PartialCountsProcessor(
                "images",
                "pending",
                "counts",
                "unmatched",
                "pairs-by-partition",
                ScoreSettings.DEFAULT,
                Duration.ofDays(30),
                metrics);
        processor.init(context);
        clear(counts);
        put(new ModelVersion("m", "2"), CountsKey.SINCE_START);
        processor.init(context);

        assertThat(running(context)).hasSize(1);
        running(context).forEach(timer -> timer.getPunctuator().punctuate(NOW));
        assertThat(context.forwarded())
                .extracting(forwarded -> CountsKey.fromBytes(forwarded.record().key()))
                .containsExactly(new CountsKey(new ModelVersion("m", "2"), CountsKey.SINCE_START, 0));
        // A label now counts from zero, not from five.
        pending.value().labels(new LabelOutcomes(1, 1, 0, 0, 0, 0));
        processor.process(new Record<>(new byte[0], Counted.MARKER, NOW));
        assertThat(LabelOutcomes.fromBytes(
                        counts.get(new CountsKey(CountsKey.LABELS, CountsKey.SINCE_START, 0).toBytes())))
                .isEqualTo(new LabelOutcomes(1, 1, 0, 0, 0, 0));

        processor.close();
        assertThat(running(context)).isEmpty();
    }

    @Test
    void forgetsTheTotalsAndTheirTimer() {
        MockProcessorContext<String, Accuracy> context = context();
        put(MODEL, CountsKey.SINCE_START);
        AccuracyProcessor processor = new AccuracyProcessor("counts", ScoreSettings.DEFAULT, metrics);
        processor.init(context);
        clear(counts);
        put(new ModelVersion("m", "2"), CountsKey.SINCE_START);
        processor.init(context);

        assertThat(running(context)).hasSize(1);
        running(context).get(0).getPunctuator().punctuate(NOW);
        assertThat(keys(context)).containsOnly("m/2/1m", "m/2/10m", "m/2/1h", "m/2/all");
        assertThat(metrics.shows("m/1/all")).isFalse();
        assertThat(metrics.shows("m/2/all")).isTrue();

        processor.close();
        assertThat(running(context)).isEmpty();
    }

    @Test
    void dropsImpossibleBucketsAndNamesThatAnOlderVersionHasStored() {
        MockProcessorContext<byte[], byte[]> first = context();
        for (long bucket : new long[] {IMPOSSIBLE, Long.MAX_VALUE - 807, CountsKey.SINCE_START}) {
            put(MODEL, bucket);
        }
        put(new ModelVersion("x".repeat(60_000), "1"), CountsKey.SINCE_START);
        put(new ModelVersion("a/b", "c"), CountsKey.SINCE_START);
        put(new ModelVersion("a", "b/c"), CountsKey.SINCE_START);
        byte[] good = new CountsKey(MODEL, CountsKey.SINCE_START, 0).toBytes();

        PartialCountsProcessor partial = new PartialCountsProcessor(
                "images",
                "pending",
                "counts",
                "unmatched",
                "pairs-by-partition",
                ScoreSettings.DEFAULT,
                Duration.ofDays(30),
                metrics);
        List<KeyValue<byte[], byte[]>> before = entries(counts);
        partial.init(first);
        running(first).forEach(timer -> timer.getPunctuator().punctuate(NOW));
        assertThat(entries(counts)).extracting(entry -> entry.key).containsExactly(good);
        assertThat(first.forwarded())
                .singleElement()
                .satisfies(part -> assertThat(part.record().key()).isEqualTo(good));

        before.forEach(entry -> counts.put(entry.key, entry.value));
        MockProcessorContext<String, Accuracy> second = context();
        AccuracyProcessor total = new AccuracyProcessor("counts", ScoreSettings.DEFAULT, metrics);
        total.init(second);
        running(second).get(0).getPunctuator().punctuate(NOW);
        assertThat(entries(counts)).extracting(entry -> entry.key).containsExactly(good);
        assertThat(keys(second)).containsOnly("m/1/1m", "m/1/10m", "m/1/1h", "m/1/all");
        assertThat(metrics.shows("m/1/1h")).isFalse();
        assertThat(metrics.shows("m/1/all")).isTrue();
    }

    @Test
    void keepsABoundedNumberOfModelVersions() {
        MockProcessorContext<byte[], byte[]> first = context();
        PartialCountsProcessor partial = new PartialCountsProcessor(
                "images",
                "pending",
                "counts",
                "unmatched",
                "pairs-by-partition",
                ScoreSettings.DEFAULT,
                Duration.ofDays(30),
                metrics);
        partial.init(first);
        long bucket = NOW;
        ModelVersion busy = new ModelVersion("m", "busy");
        for (int i = 0; i < VersionUse.MAX_KEPT + 10; i++) {
            pending.value().counts(busy, bucket).addPredicted();
            pending.value().counts(new ModelVersion("m", "v" + i), bucket).addPredicted();
            partial.process(new Record<>(new byte[0], Counted.MARKER, NOW));
        }
        // Each has a bucket and its counts since the start.
        assertThat(entries(counts)).hasSize(2 * VersionUse.MAX_KEPT);
        assertThat(AccuracyCounts.fromBytes(counts.get(new CountsKey(busy, CountsKey.SINCE_START, 0).toBytes()))
                        .predicted())
                .isEqualTo(VersionUse.MAX_KEPT + 10);
        assertThat(counts.get(new CountsKey(new ModelVersion("m", "v0"), CountsKey.SINCE_START, 0).toBytes()))
                .isNull();
    }

    private <K, V> MockProcessorContext<K, V> context() {
        MockProcessorContext<K, V> context = new MockProcessorContext<>();
        context.setCurrentSystemTimeMs(NOW);
        for (StateStore store : List.of(counts, images, unmatched, pairs, pending)) {
            store.init(context.getStateStoreContext(), store);
        }
        return context;
    }

    private static KeyValueStore<byte[], byte[]> store(String name) {
        return Stores.keyValueStoreBuilder(Stores.inMemoryKeyValueStore(name), Serdes.ByteArray(), Serdes.ByteArray())
                .withLoggingDisabled()
                .build();
    }

    private void put(ModelVersion model, long bucket) {
        AccuracyCounts one = new AccuracyCounts();
        one.addPredicted();
        counts.put(new CountsKey(model, bucket, 0).toBytes(), one.toBytes());
    }

    private static List<KeyValue<byte[], byte[]>> entries(KeyValueStore<byte[], byte[]> store) {
        List<KeyValue<byte[], byte[]>> entries = new ArrayList<>();
        try (KeyValueIterator<byte[], byte[]> all = store.all()) {
            all.forEachRemaining(entries::add);
        }
        return entries;
    }

    private static void clear(KeyValueStore<byte[], byte[]> store) {
        entries(store).forEach(entry -> store.delete(entry.key));
    }

    private static List<CapturedPunctuator> running(MockProcessorContext<?, ?> context) {
        return context.scheduledPunctuators().stream()
                .filter(timer -> !timer.cancelled())
                .toList();
    }

    private static List<String> keys(MockProcessorContext<String, Accuracy> context) {
        List<String> keys = new ArrayList<>();
        context.forwarded().forEach(forwarded -> keys.add(forwarded.record().key()));
        return keys;
    }
}
