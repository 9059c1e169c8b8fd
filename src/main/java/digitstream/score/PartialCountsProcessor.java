package digitstream.score;

import digitstream.accuracy.AccuracyCounts;
import digitstream.accuracy.ImageState;
import digitstream.accuracy.LabelOutcomes;
import digitstream.settings.ScoreSettings;
import digitstream.streams.CommitBarrier;
import digitstream.streams.TaskMemory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * The first stage: one partition's counts. At the {@link CommitBarrier} it adds what is pending to the logged counts; from
 * time to time it sends on those that changed, each the whole sum so far, so that sending one twice does no harm; and it
 * looks through the images for those that have waited too long.
 */
final class PartialCountsProcessor implements Processor<byte[], Scoring, byte[], byte[]> {
    /** Of a pass through the images within one retention, this many steps. */
    private static final int SWEEPS_A_PASS = 60;

    private static final Duration LONGEST_BETWEEN_SWEEPS = Duration.ofSeconds(1);
    private static final int FEWEST_A_SWEEP = 1_000;

    private final String imagesStore;
    private final String pendingStore;
    private final String countsStore;
    private final ScoreSettings settings;
    private final TimeBuckets timeBuckets;
    private final ScoreMetrics metrics;
    private final Map<CountsKey, AccuracyCounts> counts = new HashMap<>();
    private final Set<CountsKey> changed = new LinkedHashSet<>();

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

    @Override
    public void init(ProcessorContext<byte[], byte[]> context) {
        this.context = context;
        this.images = context.getStateStore(imagesStore);
        this.stored = context.getStateStore(countsStore);
        TaskMemory<PendingCounts> memory = context.getStateStore(pendingStore);
        this.pending = memory.value();
        try (KeyValueIterator<byte[], byte[]> all = stored.all()) {
            while (all.hasNext()) {
                KeyValue<byte[], byte[]> entry = all.next();
                CountsKey key = CountsKey.fromBytes(entry.key);
                if (key.model().equals(CountsKey.LABELS)) {
                    labels = LabelOutcomes.fromBytes(entry.value);
                } else {
                    counts.put(key, AccuracyCounts.fromBytes(entry.value));
                }
                changed.add(key);
            }
        }
        context.schedule(settings.publishInterval(), PunctuationType.WALL_CLOCK_TIME, this::publish);
        Duration step = settings.unmatchedRetention().dividedBy(SWEEPS_A_PASS);
        Duration between = step.compareTo(LONGEST_BETWEEN_SWEEPS) > 0 ? LONGEST_BETWEEN_SWEEPS : step;
        context.schedule(
                between.toMillis() < 1 ? Duration.ofMillis(1) : between, PunctuationType.WALL_CLOCK_TIME, this::sweep);
    }

    @Override
    public void process(Record<byte[], Scoring> marker) {
        writePending(context.currentSystemTimeMs());
    }

    private void writePending(long now) {
        if (pending.isEmpty()) {
            return;
        }
        pending.counts()
                .forEach((model, buckets) -> buckets.forEach((bucket, change) -> {
                    metrics.counted(model, change);
                    add(new CountsKey(model, CountsKey.SINCE_START, partition()), change);
                    // A change to a bucket that is no longer kept, as by a late correction, is one since the start
                    // only.
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
    }

    private void add(CountsKey key, AccuracyCounts change) {
        AccuracyCounts sum = counts.computeIfAbsent(key, ignored -> new AccuracyCounts());
        sum.add(change);
        stored.put(key.toBytes(), sum.toBytes());
        changed.add(key);
    }

    private void publish(long now) {
        List<CountsKey> retired = counts.keySet().stream()
                .filter(key -> key.bucketStartMillis() != CountsKey.SINCE_START
                        && timeBuckets.isRetired(key.bucketStartMillis(), now))
                .toList();
        for (CountsKey key : retired) {
            counts.remove(key);
            changed.remove(key);
            stored.delete(key.toBytes());
        }
        for (CountsKey key : changed) {
            AccuracyCounts sum = counts.get(key);
            context.forward(new Record<>(key.toBytes(), sum == null ? labels.toBytes() : sum.toBytes(), now));
        }
        changed.clear();
    }

    private void sweep(long now) {
        // Two passes' worth within one retention, should the store grow meanwhile.
        long most = Math.max(FEWEST_A_SWEEP, 2 * images.approximateNumEntries() / SWEEPS_A_PASS);
        List<byte[]> expired = new ArrayList<>();
        byte[] last = null;
        long seen = 0;
        try (KeyValueIterator<byte[], byte[]> from = sweptTo == null ? images.all() : images.range(sweptTo, null)) {
            while (from.hasNext() && seen < most) {
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
