package digitstream.score;

import digitstream.accuracy.AccuracyCounts;
import digitstream.accuracy.ImageState;
import digitstream.accuracy.LabelOutcomes;
import digitstream.accuracy.ModelNames;
import digitstream.accuracy.ModelVersion;
import digitstream.accuracy.RecordFaults;
import digitstream.score.images.StateChunk;
import digitstream.settings.ScoreSettings;
import digitstream.streams.CommitBarrier;
import digitstream.streams.TaskMemory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.common.utils.Bytes;
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
 * the logged counts, and stores the changed states. At each publish interval it forwards the counts that changed, as totals, so
 * that duplicates do no harm. Then it also lets the images expire whose time has passed.
 */
final class PartialCountsProcessor implements Processor<byte[], Counted, byte[], byte[]> {
    /** How many states of an older version are adopted at each publish interval: few enough for one transaction. */
    private static final int ADOPTED_AT_ONCE = 50_000;

    private final String imagesStore;
    private final String pendingStore;
    private final String countsStore;
    private final String unmatchedStore;
    private final String pairsStore;
    private final ScoreSettings settings;
    private final Duration pairsRetention;
    private final TimeBuckets timeBuckets;
    private final ArrivalBuckets arrival;
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
    private UnmatchedBuckets unmatched;
    private PartitionPairs pairs;
    private StateWriter states;
    private LabelOutcomes labels = LabelOutcomes.NONE;
    /** Where the search for states of an older version goes on, or null if there are none. */
    private byte @Nullable [] adoptedTo;

    // Kafka Streams calls init before anything else.
    @SuppressWarnings("NullAway.Init")
    PartialCountsProcessor(
            String imagesStore,
            String pendingStore,
            String countsStore,
            String unmatchedStore,
            String pairsStore,
            ScoreSettings settings,
            Duration pairsRetention,
            ScoreMetrics metrics) {
        this.imagesStore = imagesStore;
        this.pendingStore = pendingStore;
        this.countsStore = countsStore;
        this.unmatchedStore = unmatchedStore;
        this.pairsStore = pairsStore;
        this.settings = settings;
        this.pairsRetention = pairsRetention;
        this.timeBuckets = TimeBuckets.of(settings);
        this.arrival = ArrivalBuckets.of(settings);
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
        this.unmatched = new UnmatchedBuckets(context.getStateStore(unmatchedStore));
        this.pairs = new PartitionPairs(context.getStateStore(pairsStore), partition(), pairsRetention);
        this.states = new StateWriter(images);
        this.adoptedTo = new byte[0];
        pending.expiredTo(unmatched.expiredToMillis());
        restore();
        timers.add(context.schedule(settings.publishInterval(), PunctuationType.WALL_CLOCK_TIME, this::publish));
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
        unmatched.add(pending.unmatched());
        pairs.add(pending.pairs().changes(), now);
        writeStates(pending.states(), now);
        pending.clear();
        while (counts.size() > VersionUse.MAX_KEPT) {
            forget(counts.keySet().iterator().next());
        }
    }

    private void writeStates(Map<Bytes, ImageState> changedStates, long now) {
        long bucket = arrival.touched(now, unmatched.expiredToMillis());
        states.write(changedStates, () -> StateChunk.key(bucket, unmatched.nextChunk(bucket)));
        unmatched.write();
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
        unmatched.forget(model);
    }

    private void delete(CountsKey key) {
        changed.remove(key);
        stored.delete(key.toBytes());
    }

    private void publish(long now) {
        adopt(now);
        expire(now);
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
        pairs.publish(now, (key, sum) -> context.forward(new Record<>(key, sum, now)));
    }

    private byte[] current(CountsKey key) {
        return key.model().equals(CountsKey.LABELS)
                ? labels.toBytes()
                : Objects.requireNonNull(
                                Objects.requireNonNull(counts.get(key.model())).get(key.bucketStartMillis()))
                        .toBytes();
    }

    /** Counts what is unmatched as expired and orphaned, and drops the states, of all arrival buckets whose time has passed. */
    private void expire(long now) {
        long to = arrival.expiredTo(now);
        if (!unmatched.hasExpired(to)) {
            return;
        }
        writePending(now);
        unmatched.expire(to, new UnmatchedBuckets.Expiry() {
            @Override
            public void predictions(ModelVersion model, long bucketStartMillis, long expired) {
                pending.counts(model, bucketStartMillis).addExpired(expired);
            }

            @Override
            public void labels(long orphaned) {
                pending.labels(LabelOutcomes.orphaned(orphaned));
            }

            @Override
            public void chunks(long bucketEndMillis, int count) {
                for (int number = 0; number < count; number++) {
                    images.delete(StateChunk.key(bucketEndMillis, number));
                }
            }
        });
        pending.expiredTo(unmatched.expiredToMillis());
        writePending(now);
    }

    /**
     * Takes over states of an older version, which have a record each in the changelog and are not in the unmatched counts. One
     * that has been replaced since is only added to these: its replacement has been subtracted.
     */
    private void adopt(long now) {
        if (adoptedTo == null) {
            return;
        }
        UnmatchedCounts found = new UnmatchedCounts();
        Map<Bytes, ImageState> adopted = new LinkedHashMap<>();
        List<byte[]> done = new ArrayList<>();
        try (KeyValueIterator<byte[], byte[]> older = images.range(adoptedTo, null)) {
            while (older.hasNext() && done.size() < ADOPTED_AT_ONCE) {
                KeyValue<byte[], byte[]> entry = older.next();
                ImageState state = ImageScorer.read(entry.value, new ModelNames(), arrival);
                state.unmatched(1, found);
                if (Arrays.equals(images.get(entry.key), entry.value)) {
                    adopted.put(Bytes.wrap(entry.key), state);
                }
                done.add(entry.key);
            }
            adoptedTo = older.hasNext() ? older.next().key : null;
        }
        if (!done.isEmpty()) {
            unmatched.add(found);
            writeStates(adopted, now);
            done.forEach(images::delete);
        }
    }

    private int partition() {
        return context.taskId().partition();
    }
}
