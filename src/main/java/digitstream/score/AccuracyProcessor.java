package digitstream.score;

import digitstream.accuracy.AccuracyCounts;
import digitstream.accuracy.LabelOutcomes;
import digitstream.accuracy.ModelVersion;
import digitstream.accuracy.RecordFaults;
import digitstream.avro.Accuracy;
import digitstream.settings.ScoreSettings;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
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
 * The second stage of scoring: keeps the latest counts of each partition, sums them, and publishes the figures of each
 * window that changed.
 */
final class AccuracyProcessor implements Processor<byte[], byte[], String, Accuracy> {
    private static final AccuracyCounts NO_COUNTS = new AccuracyCounts();

    private final String totalsStore;
    private final ScoreSettings settings;
    private final TimeBuckets timeBuckets;
    private final ScoreMetrics metrics;

    /** The counts by model version, the one changed longest ago first, then by start of their bucket, then by partition. */
    private final Map<ModelVersion, NavigableMap<Long, Map<Integer, AccuracyCounts>>> models =
            new LinkedHashMap<>(16, 0.75f, true);

    private final Map<Integer, LabelOutcomes> labels = new HashMap<>();
    private final Map<String, Published> published = new HashMap<>();
    /** Keys that an older version has stored and that this one does not accept. */
    private final List<byte[]> unusable = new ArrayList<>();

    private @Nullable Cancellable timer;
    private ProcessorContext<String, Accuracy> context;
    private KeyValueStore<byte[], byte[]> stored;

    private record Published(AccuracyCounts counts, LabelOutcomes labels) {}

    // Kafka Streams calls init before anything else.
    @SuppressWarnings("NullAway.Init")
    AccuracyProcessor(String totalsStore, ScoreSettings settings, ScoreMetrics metrics) {
        this.totalsStore = totalsStore;
        this.timeBuckets = TimeBuckets.of(settings);
        this.settings = settings;
        this.metrics = metrics;
    }

    /** Forgets what the processor knew: Kafka Streams initializes it again when it revives a task whose state was corrupted. */
    @Override
    public void init(ProcessorContext<String, Accuracy> context) {
        close();
        this.context = context;
        this.stored = context.getStateStore(totalsStore);
        models.clear();
        labels.clear();
        published.clear();
        unusable.clear();
        try (KeyValueIterator<byte[], byte[]> all = stored.all()) {
            while (all.hasNext()) {
                KeyValue<byte[], byte[]> entry = all.next();
                keep(entry.key, entry.value);
            }
        }
        List<ModelVersion> oldestFirst = models.entrySet().stream()
                .sorted(Comparator.comparing(model -> model.getValue().lastKey()))
                .map(Map.Entry::getKey)
                .toList();
        // In a map in the order of access, this moves each version to the end.
        oldestFirst.forEach(models::get);
        this.timer = context.schedule(settings.publishInterval(), PunctuationType.WALL_CLOCK_TIME, this::publish);
    }

    @Override
    public void process(Record<byte[], byte[]> part) {
        stored.put(part.key(), part.value());
        keep(part.key(), part.value());
    }

    private void keep(byte[] keyBytes, byte[] value) {
        CountsKey key = CountsKey.fromBytes(keyBytes);
        if (key.model().equals(CountsKey.LABELS)) {
            labels.put(key.partition(), LabelOutcomes.fromBytes(value));
        } else if (RecordFaults.isValid(key.model())) {
            models.computeIfAbsent(key.model(), ignored -> new TreeMap<>())
                    .computeIfAbsent(key.bucketStartMillis(), ignored -> new HashMap<>())
                    .put(key.partition(), AccuracyCounts.fromBytes(value));
        } else {
            unusable.add(keyBytes);
        }
    }

    private void publish(long now) {
        unusable.forEach(stored::delete);
        unusable.clear();
        while (models.size() > VersionUse.MAX_KEPT) {
            forget(models.keySet().iterator().next());
        }
        models.forEach((model, buckets) -> retire(model, buckets, now));
        new Round(now).publish();
    }

    private void forget(ModelVersion model) {
        Objects.requireNonNull(models.remove(model)).forEach((bucket, parts) -> delete(model, bucket, parts.keySet()));
        for (String window : windowNames()) {
            published.remove(AccuracyWindow.key(model, window));
        }
    }

    private void delete(ModelVersion model, long bucket, Set<Integer> partitions) {
        partitions.forEach(partition -> stored.delete(new CountsKey(model, bucket, partition).toBytes()));
    }

    private List<String> windowNames() {
        List<String> names = new ArrayList<>(settings.windows().keySet());
        names.add(ScoreSettings.SINCE_START);
        return names;
    }

    private void retire(ModelVersion model, NavigableMap<Long, Map<Integer, AccuracyCounts>> buckets, long now) {
        List<Long> retired = buckets.tailMap(CountsKey.SINCE_START, false).keySet().stream()
                .filter(bucket -> timeBuckets.isRetired(bucket, now))
                .toList();
        for (long bucket : retired) {
            delete(model, bucket, Objects.requireNonNull(buckets.remove(bucket)).keySet());
        }
    }

    /** Publishes once. Windows of model versions without series of their own are summed for the metrics. */
    private final class Round {
        private final long now;
        private final long end;
        private final LabelOutcomes outcomes = labels.values().stream().reduce(LabelOutcomes.NONE, LabelOutcomes::plus);
        private final Set<ModelVersion> shown = shown();
        private final Optional<ModelVersion> newest = newest();
        private final Map<AccuracyWindow, AccuracyCounts> others = new HashMap<>();
        private final Set<String> gauges = new HashSet<>();

        Round(long now) {
            this.now = now;
            this.end = timeBuckets.endOfBucket(now);
        }

        void publish() {
            models.forEach((model, buckets) -> {
                settings.windows()
                        .forEach((name, length) -> publish(
                                window(model, name, end - length.toMillis()),
                                sum(buckets.tailMap(end - length.toMillis(), true))));
                publish(
                        window(model, ScoreSettings.SINCE_START, CountsKey.SINCE_START),
                        sum(buckets.headMap(CountsKey.SINCE_START, true)));
            });
            others.forEach((window, counts) -> show(window, counts, true));
            metrics.retain(gauges);
        }

        private AccuracyWindow window(ModelVersion model, String name, long start) {
            return new AccuracyWindow(model, name, start, end, now);
        }

        private void publish(AccuracyWindow window, AccuracyCounts counts) {
            Published before = published.get(window.key());
            boolean changed = before == null
                    || !before.counts().equals(counts)
                    || (window.model().equals(newest.orElse(null))
                            && !before.labels().equals(outcomes));
            if (changed) {
                published.put(window.key(), new Published(counts, outcomes));
                context.forward(new Record<>(window.key(), window.figures(counts, outcomes), now));
            }
            if (shown.contains(window.model())) {
                show(window, counts, changed);
            } else {
                others.computeIfAbsent(
                                window(VersionUse.OTHER, window.name(), window.startMillis()),
                                ignored -> new AccuracyCounts())
                        .add(counts);
            }
        }

        /** Sets the gauges of a window. An empty one has none, for example because its model version is no longer served. */
        private void show(AccuracyWindow window, AccuracyCounts counts, boolean changed) {
            if (counts.equals(NO_COUNTS)) {
                return;
            }
            gauges.add(window.key());
            if (changed || !metrics.shows(window.key())) {
                metrics.published(window.key(), window.figures(counts, outcomes));
            }
        }
    }

    private Set<ModelVersion> shown() {
        if (models.size() <= VersionUse.MAX_SHOWN) {
            return Set.copyOf(models.keySet());
        }
        List<VersionUse> uses = new ArrayList<>();
        models.forEach((model, buckets) -> uses.add(new VersionUse(
                model,
                lastUsedMillis(buckets),
                sum(buckets.headMap(CountsKey.SINCE_START, true)).predicted())));
        return VersionUse.newest(uses, VersionUse.MAX_SHOWN);
    }

    /** Without buckets if its last one has retired before its counts since the start have arrived. */
    private static long lastUsedMillis(NavigableMap<Long, ?> buckets) {
        return buckets.isEmpty() ? CountsKey.SINCE_START : buckets.lastKey();
    }

    /** The model version of the newest images. Only its records are published when nothing but label outcomes change. */
    private Optional<ModelVersion> newest() {
        return models.entrySet().stream()
                .filter(model -> !model.getValue().isEmpty())
                .max(Comparator.comparing(model -> model.getValue().lastKey()))
                .map(Map.Entry::getKey);
    }

    @Override
    public void close() {
        if (timer != null) {
            timer.cancel();
        }
        metrics.retract();
    }

    private static AccuracyCounts sum(Map<Long, Map<Integer, AccuracyCounts>> buckets) {
        AccuracyCounts sum = new AccuracyCounts();
        buckets.values().forEach(partitions -> partitions.values().forEach(sum::add));
        return sum;
    }
}
