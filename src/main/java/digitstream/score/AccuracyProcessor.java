package digitstream.score;

import digitstream.accuracy.AccuracyCounts;
import digitstream.accuracy.LabelOutcomes;
import digitstream.accuracy.ModelVersion;
import digitstream.avro.Accuracy;
import digitstream.settings.ScoreSettings;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

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
    private final Map<ModelVersion, NavigableMap<Long, Map<Integer, AccuracyCounts>>> models = new HashMap<>();
    private final Map<Integer, LabelOutcomes> labels = new HashMap<>();
    private final Map<String, Published> published = new HashMap<>();

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

    @Override
    public void init(ProcessorContext<String, Accuracy> context) {
        this.context = context;
        this.stored = context.getStateStore(totalsStore);
        try (KeyValueIterator<byte[], byte[]> all = stored.all()) {
            while (all.hasNext()) {
                KeyValue<byte[], byte[]> entry = all.next();
                keep(CountsKey.fromBytes(entry.key), entry.value);
            }
        }
        context.schedule(settings.publishInterval(), PunctuationType.WALL_CLOCK_TIME, this::publish);
    }

    @Override
    public void process(Record<byte[], byte[]> part) {
        stored.put(part.key(), part.value());
        keep(CountsKey.fromBytes(part.key()), part.value());
    }

    private void keep(CountsKey key, byte[] value) {
        if (key.model().equals(CountsKey.LABELS)) {
            labels.put(key.partition(), LabelOutcomes.fromBytes(value));
        } else {
            models.computeIfAbsent(key.model(), ignored -> new TreeMap<>())
                    .computeIfAbsent(key.bucketStartMillis(), ignored -> new HashMap<>())
                    .put(key.partition(), AccuracyCounts.fromBytes(value));
        }
    }

    private void publish(long now) {
        LabelOutcomes outcomes = labels.values().stream().reduce(LabelOutcomes.NONE, LabelOutcomes::plus);
        long end = timeBuckets.endOfBucket(now);
        models.forEach((model, buckets) -> retire(model, buckets, now));
        Optional<ModelVersion> newest = newest();
        models.forEach((model, buckets) -> {
            boolean publishesLabelChanges = model.equals(newest.orElse(null));
            settings.windows()
                    .forEach((name, length) -> publish(
                            new AccuracyWindow(model, name, end - length.toMillis(), end, now),
                            sum(buckets.tailMap(end - length.toMillis(), true)),
                            outcomes,
                            publishesLabelChanges));
            publish(
                    new AccuracyWindow(model, ScoreSettings.SINCE_START, CountsKey.SINCE_START, end, now),
                    sum(buckets.headMap(CountsKey.SINCE_START, true)),
                    outcomes,
                    publishesLabelChanges);
        });
    }

    /** The model version of the newest images. Only its records are published when nothing but label outcomes change. */
    private Optional<ModelVersion> newest() {
        return models.entrySet().stream()
                .filter(model -> !model.getValue().isEmpty())
                .max(Comparator.comparing(model -> model.getValue().lastKey()))
                .map(Map.Entry::getKey);
    }

    private void publish(
            AccuracyWindow window, AccuracyCounts counts, LabelOutcomes outcomes, boolean publishesLabelChanges) {
        Published before = published.get(window.key());
        boolean changed = before == null
                || !before.counts().equals(counts)
                || (publishesLabelChanges && !before.labels().equals(outcomes));
        if (changed) {
            published.put(window.key(), new Published(counts, outcomes));
            Accuracy figures = window.figures(counts, outcomes);
            if (counts.equals(NO_COUNTS)) {
                metrics.retract(window.key());
            } else {
                metrics.published(window.key(), figures);
            }
            context.forward(new Record<>(window.key(), figures, window.computedAtMillis()));
        }
    }

    private void retire(ModelVersion model, NavigableMap<Long, Map<Integer, AccuracyCounts>> buckets, long now) {
        for (Map.Entry<Long, Map<Integer, AccuracyCounts>> oldest = buckets.higherEntry(CountsKey.SINCE_START);
                oldest != null && timeBuckets.isRetired(oldest.getKey(), now);
                oldest = buckets.higherEntry(CountsKey.SINCE_START)) {
            for (int partition : oldest.getValue().keySet()) {
                stored.delete(new CountsKey(model, oldest.getKey(), partition).toBytes());
            }
            buckets.remove(oldest.getKey());
        }
    }

    @Override
    public void close() {
        metrics.retract();
    }

    private static AccuracyCounts sum(Map<Long, Map<Integer, AccuracyCounts>> buckets) {
        AccuracyCounts sum = new AccuracyCounts();
        buckets.values().forEach(partitions -> partitions.values().forEach(sum::add));
        return sum;
    }
}
