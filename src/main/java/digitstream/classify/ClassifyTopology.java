package digitstream.classify;

import digitstream.accuracy.ModelVersion;
import digitstream.avro.DigitImage;
import digitstream.avro.Prediction;
import digitstream.model.Classifier;
import digitstream.serde.Decoder;
import digitstream.settings.ClassifySettings;
import digitstream.settings.Topics;
import digitstream.streams.CommitBarrier;
import digitstream.streams.DeadLettering;
import digitstream.streams.InputTimestamps;
import digitstream.streams.OneWaySerde;
import digitstream.streams.TaskMemory;
import java.time.Clock;
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
import org.apache.kafka.streams.processor.api.FixedKeyProcessor;
import org.apache.kafka.streams.processor.api.FixedKeyProcessorSupplier;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.state.StoreBuilder;

/**
 * Classifies images in micro-batches.
 *
 * <pre>
 *   images -> batch --+-- opened -> [ commit barrier ] --+
 *               |     +-- full --------------------------+--> classify --+--> predictions
 *               |                                        (or a timer)    |
 *               +-- rejected ----------------------------------------------> dead letters
 * </pre>
 *
 * <p>A batch is classified when it is full, when its oldest image has waited for {@code batch.max.delay.ms}, and before each
 * commit. Therefore a committed offset never passes an image without a prediction or a dead letter.
 */
public final class ClassifyTopology {
    /** Name of the barrier's store. Its cache must have room: without any, each batch has a single image. */
    static final String BARRIER = "commit-barrier";

    private static final Batching OPENED = new Batching.Opened();
    private static final String BATCH = "pending-batch";

    private final Topics topics;
    private final ClassifySettings settings;
    private final int deadLettersMaxBytes;
    private final ModelVersion model;
    private final Supplier<Classifier> classifiers;
    private final Supplier<Decoder<DigitImage>> images;
    private final Serializer<Prediction> predictions;
    private final ClassifyMetrics metrics;
    private final Clock clock;
    private final ImageCheck check;

    /**
     * Prepares the topology.
     *
     * @param deadLettersMaxBytes the size of a dead letter at most; larger ones are truncated
     * @param width image width that the model expects, in pixels
     * @param height image height that the model expects, in pixels
     * @param classifiers supplies a new classifier for each task, which closes it
     * @param images supplies a new decoder for each task
     * @param clock clock for batch delays and for the time of predictions; must be thread-safe
     */
    public ClassifyTopology(
            Topics topics,
            ClassifySettings settings,
            int deadLettersMaxBytes,
            ModelVersion model,
            int width,
            int height,
            Supplier<Classifier> classifiers,
            Supplier<Decoder<DigitImage>> images,
            Serializer<Prediction> predictions,
            ClassifyMetrics metrics,
            Clock clock) {
        this.topics = topics;
        this.settings = settings;
        this.deadLettersMaxBytes = deadLettersMaxBytes;
        this.model = model;
        this.check = new ImageCheck(width, height, settings.eventTimes());
        this.classifiers = classifiers;
        this.images = images;
        this.predictions = predictions;
        this.metrics = metrics;
        this.clock = clock;
    }

    /** Builds the topology. */
    public Topology build() {
        StreamsBuilder builder = new StreamsBuilder();
        Serde<byte[]> bytes = Serdes.ByteArray();
        KStream<byte[], Batching> steps = builder.stream(
                        topics.images(),
                        Consumed.with(bytes, bytes)
                                .withTimestampExtractor(new InputTimestamps(clock))
                                .withName("images"))
                .processValues(batch(), Named.as("batch"));

        KStream<byte[], Batching> opened = steps.filter((key, step) -> step instanceof Batching.Opened);
        KStream<byte[], Batching> full = steps.filter((key, step) -> step instanceof Batching.Full);
        KStream<byte[], ClassifiedImage> results = full.merge(
                        CommitBarrier.beforeCommit(opened, bytes, OneWaySerde.ofConstant(OPENED), BARRIER))
                .process(classify(), Named.as("classify"), BATCH);

        results.filter((key, result) -> result.classified() instanceof Classified.Predicted)
                .mapValues(result -> ((Classified.Predicted) result.classified()).prediction())
                .to(topics.predictions(), Produced.with(bytes, OneWaySerde.writing(predictions)));

        Produced<byte[], byte[]> rawBytes = Produced.with(bytes, bytes);
        results.filter((key, result) -> result.classified() instanceof Classified.Unclassifiable)
                .process(DeadLettering.supplier(
                        result -> result.image()
                                .unclassifiable(((Classified.Unclassifiable) result.classified()).message()),
                        metrics.deadLetters(),
                        deadLettersMaxBytes))
                .to(topics.deadLetters(), rawBytes);
        steps.filter((key, step) -> step instanceof Batching.Rejected)
                .process(DeadLettering.supplier(
                        step -> ((Batching.Rejected) step).deadLetter(), metrics.deadLetters(), deadLettersMaxBytes))
                .to(topics.deadLetters(), rawBytes);
        return builder.build();
    }

    private FixedKeyProcessorSupplier<byte[], byte[], Batching> batch() {
        Set<StoreBuilder<?>> stores = Set.of(TaskMemory.builder(BATCH, PendingBatch::new, PendingBatch::clear));
        return new FixedKeyProcessorSupplier<>() {
            @Override
            public FixedKeyProcessor<byte[], byte[], Batching> get() {
                return new BatchingProcessor(BATCH, images.get(), check, settings.batchMaxSize(), clock);
            }

            @Override
            public Set<StoreBuilder<?>> stores() {
                return stores;
            }
        };
    }

    private ProcessorSupplier<byte[], Batching, byte[], ClassifiedImage> classify() {
        return () -> new ClassifyingProcessor(BATCH, classifiers, model, settings.batchMaxDelay(), metrics, clock);
    }
}
