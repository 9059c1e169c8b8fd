package digitstream.score;

import digitstream.accuracy.AccuracyCounts;
import digitstream.accuracy.ImageState;
import digitstream.accuracy.LabelOutcomes;
import digitstream.accuracy.ModelVersion;
import digitstream.accuracy.RecordFaults;
import digitstream.settings.ScoreSettings;
import digitstream.streams.CommitBarrier;
import digitstream.streams.TaskMemory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
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
 * The first stage of scoring: keeps the counts of one partition. At the {@link CommitBarrier} it adds the pending changes to
 * the logged counts. At each publish interval it forwards the counts that changed, as totals, so that duplicates do no
 * harm. It also sweeps the image store for expired images.
 */
final class PartialCountsProcessor implements Processor<byte[], Counted, byte[], byte[]> {
    /** The maximum number of sweeps in one pass through the image store, which takes at most one retention time. */
    private static final int SWEEPS_PER_PASS = 60;

    private static final Duration MAX_SWEEP_INTERVAL = Duration.ofSeconds(1);
    private static final int MIN_IMAGES_PER_SWEEP = 1_000;

    private final String imagesStore;
    private final String pendingStore;
    private final String countsStore;
    private final ScoreSettings settings;
    private final TimeBuckets timeBuckets;
    private final ScoreMetrics metrics;

    /** The counts by model version, the one changed longest ago first, and by start of their bucket. */
    private final Map<ModelVersion, NavigableMap<Long, AccuracyCounts>> counts = new LinkedHashMap<>(16, 0.75f, true);

    private final Set<CountsKey> changed = new LinkedHashSet<>();
    private final List<Cancellable> timers = new ArrayList<>();
    /** Keys that an older version has stored and that this one does not accept. */
    private final List<byte[]> unusable = new ArrayList<>();

    private ProcessorContext<byte[], byte[]> context;
    private KeyValueStore<byte[], byte[]> images;
    private KeyValueStore<byte[], byte[]> stored;
    private PendingCounts pending;
    private LabelOutcomes labels = LabelOutcomes.NONE;
    private byte @Nullable [] sweptTo;

    // Kafka Streams calls init before anything else.
    @SuppressWarnings("NullAway.Init")
    PartialCountsProcessor(
            String imagesStore, String pendingStore, String countsStore, ScoreSettings settings, ScoreMetrics metrics) {
        this.imagesStore = imagesStore;
        this.pendingStore = pendingStore;
        this.countsStore = countsStore;
        this.settings = settings;
        this.timeBuckets = TimeBuckets.of(settings);
        this.metrics = metrics;
    }

    /** Forgets what the processor knew: Kafka Streams initializes it again when it revives a task whose state was corrupted. */
    @Override
    public void init(ProcessorContext<byte[], byte[]> context) {
        close();
        this.context = context;
        this.images = context.getStateStore(imagesStore);
        this.stored = context.getStateStore(countsStore);
        TaskMemory<PendingCounts> memory = context.getStateStore(pendingStore);
        this.pending = memory.value();
        this.sweptTo = null;
        restore();
        timers.add(context.schedule(settings.publishInterval(), PunctuationType.WALL_CLOCK_TIME, this::publish));
        Duration step = settings.unmatchedRetention().dividedBy(SWEEPS_PER_PASS);
        Duration interval = step.compareTo(MAX_SWEEP_INTERVAL) > 0 ? MAX_SWEEP_INTERVAL : step;
        timers.add(context.schedule(
                interval.toMillis() < 1 ? Duration.ofMillis(1) : interval,
                PunctuationType.WALL_CLOCK_TIME,
                this::sweep));
    }

    @Override
    public void close() {
        timers.forEach(Cancellable::cancel);
        timers.clear();
    }

    private void restore() {
        counts.clear();
        changed.clear();
        unusable.clear();
        labels = LabelOutcomes.NONE;
        Map<ModelVersion, NavigableMap<Long, AccuracyCounts>> found = new LinkedHashMap<>();
        try (KeyValueIterator<byte[], byte[]> all = stored.all()) {
            while (all.hasNext()) {
                KeyValue<byte[], byte[]> entry = all.next();
                CountsKey key = CountsKey.fromBytes(entry.key);
                if (key.model().equals(CountsKey.LABELS)) {
                    labels = LabelOutcomes.fromBytes(entry.value);
                } else if (RecordFaults.isValid(key.model())) {
                    found.computeIfAbsent(key.model(), ignored -> new TreeMap<>())
                            .put(key.bucketStartMillis(), AccuracyCounts.fromBytes(entry.value));
                } else {
                    unusable.add(entry.key);
                    continue;
                }
                changed.add(key);
            }
        }
        found.entrySet().stream()
                .sorted(Comparator.comparing(version -> version.getValue().lastKey()))
                .forEach(version -> counts.put(version.getKey(), version.getValue()));
    }

    @Override
    public void process(Record<byte[], Counted> marker) {
        writePending(context.currentSystemTimeMs());
    }

    private void writePending(long now) {
        if (pending.isEmpty()) {
            return;
        }
        pending.counts()
                .forEach((model, buckets) -> buckets.forEach((bucket, change) -> {
                    metrics.counted(model, change, now);
                    add(new CountsKey(model, CountsKey.SINCE_START, partition()), change);
                    // A late correction may change a retired bucket; it then counts since the start only.
                    if (bucket != CountsKey.SINCE_START && !timeBuckets.isRetired(bucket, now)) {
                        add(new CountsKey(model, bucket, partition()), change);
                    }
                }));
        if (!pending.labels().equals(LabelOutcomes.NONE)) {
            CountsKey key = new CountsKey(CountsKey.LABELS, CountsKey.SINCE_START, partition());
            labels = labels.plus(pending.labels());
            metrics.labelled(pending.labels());
            stored.put(key.toBytes(), labels.toBytes());
            changed.add(key);
        }
        pending.clear();
        while (counts.size() > VersionUse.MAX_KEPT) {
            forget(counts.keySet().iterator().next());
        }
    }

    private void add(CountsKey key, AccuracyCounts change) {
        AccuracyCounts sum = counts.computeIfAbsent(key.model(), ignored -> new TreeMap<>())
                .computeIfAbsent(key.bucketStartMillis(), ignored -> new AccuracyCounts());
        sum.add(change);
        stored.put(key.toBytes(), sum.toBytes());
        changed.add(key);
    }

    private void forget(ModelVersion model) {
        for (long bucket : Objects.requireNonNull(counts.remove(model)).keySet()) {
            delete(new CountsKey(model, bucket, partition()));
        }
    }

    private void delete(CountsKey key) {
        changed.remove(key);
        stored.delete(key.toBytes());
    }

    private void publish(long now) {
        unusable.forEach(stored::delete);
        unusable.clear();
        counts.forEach((model, buckets) -> {
            List<Long> retired = buckets.tailMap(CountsKey.SINCE_START, false).keySet().stream()
                    .filter(bucket -> timeBuckets.isRetired(bucket, now))
                    .toList();
            for (long bucket : retired) {
                buckets.remove(bucket);
                delete(new CountsKey(model, bucket, partition()));
            }
        });
        for (CountsKey key : changed) {
            context.forward(new Record<>(key.toBytes(), current(key), now));
        }
        changed.clear();
    }

    private byte[] current(CountsKey key) {
        return key.model().equals(CountsKey.LABELS)
                ? labels.toBytes()
                : Objects.requireNonNull(
                                Objects.requireNonNull(counts.get(key.model())).get(key.bucketStartMillis()))
                        .toBytes();
    }

    private void sweep(long now) {
        // Twice the share of one sweep, so that a pass completes in time even while the store grows.
        long maxImages = Math.max(MIN_IMAGES_PER_SWEEP, 2 * images.approximateNumEntries() / SWEEPS_PER_PASS);
        List<byte[]> expired = new ArrayList<>();
        byte[] last = null;
        long seen = 0;
        try (KeyValueIterator<byte[], byte[]> from = sweptTo == null ? images.all() : images.range(sweptTo, null)) {
            while (from.hasNext() && seen < maxImages) {
                KeyValue<byte[], byte[]> entry = from.next();
                ImageState state = ImageState.fromBytes(entry.value);
                if (state.isExpired(now, settings.unmatchedRetention().toMillis())) {
                    state.expire(pending);
                    expired.add(entry.key);
                }
                last = entry.key;
                seen++;
            }
            sweptTo = from.hasNext() ? last : null;
        }
        expired.forEach(images::delete);
        writePending(now);
    }

    private int partition() {
        return context.taskId().partition();
    }
}
