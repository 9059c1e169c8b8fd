package digitstream.score;

import digitstream.accuracy.ImageState;
import digitstream.avro.Accuracy;
import digitstream.avro.DigitLabel;
import digitstream.avro.ModelComparison;
import digitstream.avro.Prediction;
import digitstream.challenge.ErrorBudget;
import digitstream.score.images.ImageStore;
import digitstream.serde.Decoder;
import digitstream.settings.ChallengeSettings;
import digitstream.settings.ScoreSettings;
import digitstream.settings.Topics;
import digitstream.streams.CommitBarrier;
import digitstream.streams.DeadLettering;
import digitstream.streams.InputTimestamps;
import digitstream.streams.OneWaySerde;
import digitstream.streams.TaskMemory;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.streams.KeyValue;
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
 * Matches predictions with labels, and publishes rolling accuracy and comparisons of champions with challengers.
 *
 * <pre>
 *   predictions --+           +-- rejected --> dead letters                                      (one task per partition)
 *   challengers' -+--> score -+-- misplaced -> [topic] -> score-moved --+
 *   labels -------+     |     |                               |         |
 *                 image states|                          image states   |
 *                             +-----------------------------------------+--> [ commit barrier ] --> count --+
 *                                                                              changed totals, once a second |
 *                                                                                                           v
 *                                                              accuracy <-- sum-up <--+-- partial-counts (one partition)
 *                                                           comparisons <-- compare <-+
 * </pre>
 *
 * <p>An image's state is in the partition of its key. A label or a prediction that its producer has put elsewhere gets there by
 * way of the topic of misplaced records, which is empty as a rule.
 */
public final class ScoreTopology {
    private static final String IMAGES = "images";
    private static final String PENDING = "pending-counts";
    private static final String COUNTS = "counts-by-partition";
    private static final String UNMATCHED = "unmatched";
    private static final String PAIRS_BY_PARTITION = "pairs-by-partition";
    private static final String TOTALS = "counts";
    private static final String PAIRS = "pairs";
    private static final String BARRIER = "commit-barrier";
    private static final String PARTIAL_COUNTS = "partial-counts";
    private static final String MISPLACED = "misplaced";

    /** Few, because an image that is new is looked up in all of them. The oldest one is kept until all of it has expired. */
    private static final int SEGMENTS_PER_RETENTION = 2;

    private static final Duration MIN_SEGMENT = Duration.ofMinutes(1);

    private final Topics topics;
    private final ScoreSettings settings;
    private final ChallengeSettings challenge;
    private final int deadLettersMaxBytes;
    private final int partitions;
    private final Supplier<Decoder<Prediction>> predictions;
    private final Supplier<Decoder<DigitLabel>> labels;
    private final Serializer<Accuracy> accuracy;
    private final Serializer<ModelComparison> comparisons;
    private final ScoreMetrics metrics;

    /**
     * Prepares the topology.
     *
     * @param deadLettersMaxBytes the size of a dead letter at most; larger ones are truncated
     * @param partitions the number of partitions of the topics of predictions, challengers' predictions and labels
     * @param predictions supplies a new decoder for each task
     * @param labels supplies a new decoder for each task
     */
    public ScoreTopology(
            Topics topics,
            ScoreSettings settings,
            ChallengeSettings challenge,
            int deadLettersMaxBytes,
            int partitions,
            Supplier<Decoder<Prediction>> predictions,
            Supplier<Decoder<DigitLabel>> labels,
            Serializer<Accuracy> accuracy,
            Serializer<ModelComparison> comparisons,
            ScoreMetrics metrics) {
        this.topics = topics;
        this.settings = settings;
        this.challenge = challenge;
        this.deadLettersMaxBytes = deadLettersMaxBytes;
        this.partitions = partitions;
        this.predictions = predictions;
        this.labels = labels;
        this.accuracy = accuracy;
        this.comparisons = comparisons;
        this.metrics = metrics;
    }

    /** Builds the topology. */
    public Topology build() {
        StreamsBuilder builder = new StreamsBuilder();
        Serde<byte[]> bytes = Serdes.ByteArray();
        List<String> inputs = topics.joined();
        Placement placement = new Placement(partitions, inputs, metrics);
        DrawnDigits drawn = new DrawnDigits(settings.drawnDigits(), inputs, metrics);
        KStream<byte[], Reading> readings = builder.stream(
                        inputs,
                        Consumed.with(bytes, bytes)
                                .withTimestampExtractor(new InputTimestamps(Clock.systemUTC()))
                                .withName("predictions-and-labels"))
                .processValues(score(placement, drawn), Named.as("score"));

        KStream<byte[], Counted> moved = readings.filter(
                        (key, reading) -> reading instanceof Reading.Misplaced, Named.as("is-misplaced"))
                .map(ScoreTopology::misplaced, Named.as("misplaced-event"))
                .repartition(Repartitioned.with(bytes, EventSerde.create())
                        .withName(MISPLACED)
                        .withNumberOfPartitions(partitions)
                        .withStreamPartitioner(placement.partitioner()))
                .processValues(
                        () -> new MovedProcessor(IMAGES, PENDING, settings), Named.as("score-moved"), IMAGES, PENDING);
        KStream<byte[], Counted> counted = readings.filter(
                        (key, reading) -> reading instanceof Reading.Pending, Named.as("is-pending"))
                .mapValues(reading -> ((Reading.Pending) reading).marker(), Named.as("pending-marker"))
                .merge(moved, Named.as("all-markers"));

        KStream<byte[], byte[]> parts = CommitBarrier.beforeCommit(
                        counted, bytes, OneWaySerde.ofConstant(Counted.MARKER), BARRIER)
                .process(countByPartition(), Named.as("count"), IMAGES, PENDING)
                .repartition(Repartitioned.with(bytes, bytes)
                        .withName(PARTIAL_COUNTS)
                        .withNumberOfPartitions(1));
        parts.filterNot((key, part) -> VersionPair.isKey(key), Named.as("is-of-accuracy"))
                .process(sumUp(), Named.as("sum-up"))
                .to(topics.accuracy(), Produced.with(Serdes.String(), OneWaySerde.writing(accuracy)));
        parts.filter((key, part) -> VersionPair.isKey(key), Named.as("is-of-pair"))
                .process(compare(), Named.as("compare"))
                .to(topics.comparisons(), Produced.with(Serdes.String(), OneWaySerde.writing(comparisons)));

        readings.filter((key, reading) -> reading instanceof Reading.Rejected, Named.as("is-rejected"))
                .process(DeadLettering.supplier(
                        reading -> ((Reading.Rejected) reading).deadLetter(),
                        metrics.deadLetters(),
                        deadLettersMaxBytes))
                .to(topics.deadLetters(), Produced.with(bytes, bytes));
        return builder.build();
    }

    private static KeyValue<byte[], ImageState.Event> misplaced(byte[] ignored, Reading reading) {
        Reading.Misplaced misplaced = (Reading.Misplaced) reading;
        return KeyValue.pair(misplaced.imageId(), misplaced.event());
    }

    private FixedKeyProcessorSupplier<byte[], byte[], Reading> score(Placement placement, DrawnDigits drawn) {
        Set<StoreBuilder<?>> stores =
                Set.of(images(), TaskMemory.builder(PENDING, PendingCounts::new, PendingCounts::clear));
        return new FixedKeyProcessorSupplier<>() {
            @Override
            public FixedKeyProcessor<byte[], byte[], Reading> get() {
                RecordReader reader = new RecordReader(settings, predictions.get(), labels.get());
                return new ScoreProcessor(
                        IMAGES, PENDING, topics, settings, placement, drawn, reader, Clock.systemUTC());
            }

            @Override
            public Set<StoreBuilder<?>> stores() {
                return stores;
            }
        };
    }

    private StoreBuilder<KeyValueStore<byte[], byte[]>> images() {
        long segmentMillis =
                Math.max(MIN_SEGMENT.toMillis(), settings.unmatchedRetention().toMillis() / SEGMENTS_PER_RETENTION);
        return Stores.keyValueStoreBuilder(
                ImageStore.supplier(IMAGES, segmentMillis), Serdes.ByteArray(), Serdes.ByteArray());
    }

    private ProcessorSupplier<byte[], Counted, byte[], byte[]> countByPartition() {
        Set<StoreBuilder<?>> stores = Set.of(inMemory(COUNTS), inMemory(UNMATCHED), inMemory(PAIRS_BY_PARTITION));
        return new ProcessorSupplier<>() {
            @Override
            public Processor<byte[], Counted, byte[], byte[]> get() {
                return new PartialCountsProcessor(
                        IMAGES,
                        PENDING,
                        COUNTS,
                        UNMATCHED,
                        PAIRS_BY_PARTITION,
                        settings,
                        challenge.comparisonsRetention(),
                        metrics);
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

    private ProcessorSupplier<byte[], byte[], String, ModelComparison> compare() {
        Set<StoreBuilder<?>> stores = Set.of(inMemory(PAIRS));
        double alpha = new ErrorBudget(challenge.alpha(), challenge.maxChallengers()).part();
        return new ProcessorSupplier<>() {
            @Override
            public Processor<byte[], byte[], String, ModelComparison> get() {
                return new ComparisonProcessor(
                        PAIRS, alpha, challenge.comparisonsRetention(), settings.publishInterval());
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
