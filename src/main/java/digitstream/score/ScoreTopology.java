package digitstream.score;

import digitstream.avro.Accuracy;
import digitstream.avro.DigitLabel;
import digitstream.avro.Prediction;
import digitstream.serde.Decoder;
import digitstream.settings.ScoreSettings;
import digitstream.settings.Topics;
import digitstream.streams.CommitBarrier;
import digitstream.streams.DeadLettering;
import digitstream.streams.InputTimestamps;
import digitstream.streams.OneWaySerde;
import digitstream.streams.TaskMemory;
import java.time.Clock;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Named;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.kstream.Repartitioned;
import org.apache.kafka.streams.processor.api.FixedKeyProcessor;
import org.apache.kafka.streams.processor.api.FixedKeyProcessorSupplier;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/**
 * Matches predictions with labels and publishes rolling accuracy.
 *
 * <pre>
 *   predictions --+                                                        (one task per partition)
 *                 +--> score --+-- counted -> [ commit barrier ] --> count ---+
 *   labels -------+      |     +-- rejected --> dead letters                  | changed totals, once a second
 *                   image states                                              v
 *                                                     accuracy <-- sum-up <-- partial-counts (one partition)
 * </pre>
 */
public final class ScoreTopology {
    private static final String IMAGES = "images";
    private static final String PENDING = "pending-counts";
    private static final String COUNTS = "counts-by-partition";
    private static final String TOTALS = "counts";
    private static final String BARRIER = "commit-barrier";
    private static final String PARTIAL_COUNTS = "partial-counts";
    private static final Scoring COUNTED = new Scoring.Counted();

    private final Topics topics;
    private final ScoreSettings settings;
    private final int deadLettersMaxBytes;
    private final Supplier<Decoder<Prediction>> predictions;
    private final Supplier<Decoder<DigitLabel>> labels;
    private final Serializer<Accuracy> accuracy;
    private final ScoreMetrics metrics;

    /**
     * Prepares the topology.
     *
     * @param deadLettersMaxBytes the size of a dead letter at most; larger ones are truncated
     * @param predictions supplies a new decoder for each task
     * @param labels supplies a new decoder for each task
     */
    public ScoreTopology(
            Topics topics,
            ScoreSettings settings,
            int deadLettersMaxBytes,
            Supplier<Decoder<Prediction>> predictions,
            Supplier<Decoder<DigitLabel>> labels,
            Serializer<Accuracy> accuracy,
            ScoreMetrics metrics) {
        this.topics = topics;
        this.settings = settings;
        this.deadLettersMaxBytes = deadLettersMaxBytes;
        this.predictions = predictions;
        this.labels = labels;
        this.accuracy = accuracy;
        this.metrics = metrics;
    }

    /** Builds the topology. */
    public Topology build() {
        StreamsBuilder builder = new StreamsBuilder();
        Serde<byte[]> bytes = Serdes.ByteArray();
        KStream<byte[], Scoring> scored = builder.stream(
                        List.of(topics.predictions(), topics.labels()),
                        Consumed.with(bytes, bytes)
                                .withTimestampExtractor(new InputTimestamps(Clock.systemUTC()))
                                .withName("predictions-and-labels"))
                .processValues(score(), Named.as("score"));

        KStream<byte[], Scoring> counted = scored.filter((key, step) -> step instanceof Scoring.Counted);
        CommitBarrier.beforeCommit(counted, bytes, OneWaySerde.ofConstant(COUNTED), BARRIER)
                .process(countByPartition(), Named.as("count"), IMAGES, PENDING)
                .repartition(Repartitioned.with(bytes, bytes)
                        .withName(PARTIAL_COUNTS)
                        .withNumberOfPartitions(1))
                .process(sumUp(), Named.as("sum-up"))
                .to(topics.accuracy(), Produced.with(Serdes.String(), OneWaySerde.writing(accuracy)));

        scored.filter((key, step) -> step instanceof Scoring.Rejected)
                .process(DeadLettering.supplier(
                        step -> ((Scoring.Rejected) step).deadLetter(), metrics.deadLetters(), deadLettersMaxBytes))
                .to(topics.deadLetters(), Produced.with(bytes, bytes));
        return builder.build();
    }

    private FixedKeyProcessorSupplier<byte[], byte[], Scoring> score() {
        Set<StoreBuilder<?>> stores = Set.of(
                Stores.keyValueStoreBuilder(
                                Stores.persistentKeyValueStore(IMAGES), Serdes.ByteArray(), Serdes.ByteArray())
                        .withCachingEnabled(),
                TaskMemory.builder(PENDING, PendingCounts::new, PendingCounts::clear));
        return new FixedKeyProcessorSupplier<>() {
            @Override
            public FixedKeyProcessor<byte[], byte[], Scoring> get() {
                return new ScoreProcessor(IMAGES, PENDING, topics.labels(), settings, predictions.get(), labels.get());
            }

            @Override
            public Set<StoreBuilder<?>> stores() {
                return stores;
            }
        };
    }

    private ProcessorSupplier<byte[], Scoring, byte[], byte[]> countByPartition() {
        Set<StoreBuilder<?>> stores = Set.of(inMemory(COUNTS));
        return new ProcessorSupplier<>() {
            @Override
            public Processor<byte[], Scoring, byte[], byte[]> get() {
                return new PartialCountsProcessor(IMAGES, PENDING, COUNTS, settings, metrics);
            }

            @Override
            public Set<StoreBuilder<?>> stores() {
                return stores;
            }
        };
    }

    private ProcessorSupplier<byte[], byte[], String, Accuracy> sumUp() {
        Set<StoreBuilder<?>> stores = Set.of(inMemory(TOTALS));
        return new ProcessorSupplier<>() {
            @Override
            public Processor<byte[], byte[], String, Accuracy> get() {
                return new AccuracyProcessor(TOTALS, settings, metrics);
            }

            @Override
            public Set<StoreBuilder<?>> stores() {
                return stores;
            }
        };
    }

    /** Counts take a few megabytes at most and are restored from their changelog. */
    private static StoreBuilder<KeyValueStore<byte[], byte[]>> inMemory(String name) {
        return Stores.keyValueStoreBuilder(Stores.inMemoryKeyValueStore(name), Serdes.ByteArray(), Serdes.ByteArray());
    }
}
