package digitstream.score;

import static java.nio.charset.StandardCharsets.UTF_8;

import digitstream.accuracy.AccuracyCounts;
import digitstream.accuracy.ImageState;
import digitstream.accuracy.LabelOutcomes;
import digitstream.accuracy.ModelVersion;
import digitstream.challenge.PairCounts;
import digitstream.score.images.ImageStore;
import digitstream.settings.ScoreSettings;
import digitstream.streams.TaskMemory;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.processor.TaskId;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueBytesStoreSupplier;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;

/** The scoring of one partition with its real stores, without Kafka: events, time, commits, crashes and restarts. */
final class ScoredPartition implements AutoCloseable {
    static final Duration PAIRS_RETENTION = Duration.ofDays(30);

    private final Path folder;
    private final ScoreSettings settings;
    private final KeyValueStore<byte[], byte[]> counts = store(Stores.inMemoryKeyValueStore("counts"));
    private final KeyValueStore<byte[], byte[]> unmatched = store(Stores.inMemoryKeyValueStore("unmatched"));
    private final KeyValueStore<byte[], byte[]> pairs = store(Stores.inMemoryKeyValueStore("pairs-by-partition"));
    private final KeyValueStore<byte[], byte[]> images = store(ImageStore.supplier("images", 60_000));
    private final TaskMemory<PendingCounts> pending = TaskMemory.builder(
                    "pending", PendingCounts::new, PendingCounts::clear)
            .build();
    private final ScoreMetrics metrics = new ScoreMetrics(new SimpleMeterRegistry());

    private MockProcessorContext<byte[], byte[]> context;
    private PartialCountsProcessor processor;
    private ImageScorer scorer;
    private long now;

    ScoredPartition(Path folder, ScoreSettings settings, long now) {
        this.folder = folder;
        this.settings = settings;
        this.now = now;
        for (KeyValueStore<byte[], byte[]> logged : List.of(counts, unmatched, pairs)) {
            logged.init(context().getStateStoreContext(), logged);
        }
        open();
    }

    private MockProcessorContext<byte[], byte[]> context() {
        Properties properties = new Properties();
        properties.put(StreamsConfig.APPLICATION_ID_CONFIG, "test");
        properties.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "none:1");
        return new MockProcessorContext<>(properties, new TaskId(0, 0), folder.toFile());
    }

    private void open() {
        context = context();
        context.setCurrentSystemTimeMs(now);
        for (StateStore store : List.of(images, pending)) {
            store.init(context.getStateStoreContext(), store);
        }
        context.addStateStore(counts);
        context.addStateStore(unmatched);
        context.addStateStore(pairs);
        processor = new PartialCountsProcessor(
                "images", "pending", "counts", "unmatched", "pairs-by-partition", settings, PAIRS_RETENTION, metrics);
        processor.init(context);
        scorer = new ImageScorer(images, pending.value(), ArrivalBuckets.of(settings));
    }

    private static KeyValueStore<byte[], byte[]> store(KeyValueBytesStoreSupplier supplier) {
        return Stores.keyValueStoreBuilder(supplier, Serdes.ByteArray(), Serdes.ByteArray())
                .withLoggingDisabled()
                .build();
    }

    void event(String id, ImageState.Event event) {
        scorer.score(id.getBytes(UTF_8), event, now);
    }

    /** Puts a state as an older version has written it. */
    void older(String id, ImageState state) {
        byte[] bytes = state.toBytes();
        bytes[0] = 1;
        images.put(id.getBytes(UTF_8), bytes);
        images.commit(Map.of());
    }

    void commit() {
        processor.process(new Record<>(new byte[0], Counted.MARKER, now));
        images.commit(Map.of());
    }

    /** Commits, lets time pass, and runs the timer. */
    void pass(Duration time) {
        commit();
        now += time.toMillis();
        context.setCurrentSystemTimeMs(now);
        context.scheduledPunctuators().stream()
                .filter(timer -> !timer.cancelled())
                .forEach(timer -> timer.getPunctuator().punctuate(now));
        images.commit(Map.of());
    }

    /** Closes the task without a commit, and opens it again. */
    void restart() {
        processor.close();
        images.close();
        pending.close();
        open();
    }

    long now() {
        return now;
    }

    AccuracyCounts counts(ModelVersion model) {
        byte[] bytes = counts.get(new CountsKey(model, CountsKey.SINCE_START, 0).toBytes());
        return bytes == null ? new AccuracyCounts() : AccuracyCounts.fromBytes(bytes);
    }

    LabelOutcomes labels() {
        byte[] bytes = counts.get(new CountsKey(CountsKey.LABELS, CountsKey.SINCE_START, 0).toBytes());
        return bytes == null ? LabelOutcomes.NONE : LabelOutcomes.fromBytes(bytes);
    }

    /** The counts of a pair in this partition. */
    PairCounts pairs(ModelVersion champion, ModelVersion challenger) {
        byte[] bytes = pairs.get(new VersionPair(champion, challenger).toBytes(0));
        return bytes == null ? new PairCounts() : PairSum.fromBytes(bytes).counts();
    }

    /** The sums of pairs that the partition has passed on since its start or {@link #restart()}, the latest of each pair. */
    Map<VersionPair, PairSum> publishedPairs() {
        Map<VersionPair, PairSum> published = new LinkedHashMap<>();
        context.forwarded().forEach(forwarded -> {
            byte[] key = forwarded.record().key();
            if (VersionPair.isKey(key)) {
                published.put(
                        VersionPair.fromBytes(key),
                        PairSum.fromBytes(forwarded.record().value()));
            }
        });
        return published;
    }

    /** The state of an image in the store, expired or not, or null. */
    byte[] stored(String id) {
        return images.get(id.getBytes(UTF_8));
    }

    @Override
    public void close() {
        processor.close();
        images.close();
    }
}
