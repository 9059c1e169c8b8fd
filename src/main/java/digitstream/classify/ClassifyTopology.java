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
 * Images in, predictions out, in micro-batches.
 *
 * <pre>
 *   images -> batch --+-- opened -> [ commit barrier ] --+
 *               |     +-- full --------------------------+--> classify --+--> predictions
 *               |                                        (or by time)    |
 *               +-- rejected ----------------------------------------------> dead letters
 * </pre>
 *
 * <p>A batch is classified when it is full, when its oldest image has waited for the longest delay, and before each
 * commit, so that the committed offset of an image's topic never passes an image without a prediction or a dead letter.
 */
public final class ClassifyTopology {
    /** Its cache must have room: with none, each batch has one image. */
    static final String BARRIER = "commit-barrier";

    private static final Batching OPENED = new Batching.Opened();
    private static final String BATCH = "pending-batch";

    private final Topics topics;
    private final ClassifySettings settings;
    private final ModelVersion model;
    private final Supplier<Classifier> classifiers;
    private final Supplier<Decoder<DigitImage>> images;
    private final Serializer<Prediction> predictions;
    private final ClassifyMetrics metrics;
    private final Clock clock;
    private final ImageCheck check;

    /**
     * Takes what the topology is made of.
     *
     * @param width pixels in a row that the model takes
     * @param height rows that the model takes
     * @param classifiers a new classifier for each task, which closes it
     * @param images a new decoder for each task
     * @param clock what images wait by and predictions are dated by; used by several threads
     */
    public ClassifyTopology(
            Topics topics,
            ClassifySettings settings,
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
        this.model = model;
        this.check = new ImageCheck(width, height);
        this.classifiers = classifiers;
        this.images = images;
        this.predictions = predictions;
        this.metrics = metrics;
        this.clock = clock;
    }

    /** The topology, ready to be started. */
    public Topology build() {
        StreamsBuilder builder = new StreamsBuilder();
        Serde<byte[]> bytes = Serdes.ByteArray();
        KStream<byte[], Batching> steps = builder.stream(
                        topics.images(), Consumed.with(bytes, bytes).withName("images"))
                .processValues(batch(), Named.as("batch"));

        KStream<byte[], Batching> opened = steps.filter((key, step) -> step instanceof Batching.Opened);
        KStream<byte[], Batching> full = steps.filter((key, step) -> step instanceof Batching.Full);
        KStream<byte[], Answer> answers = full.merge(
                        CommitBarrier.beforeCommit(opened, bytes, OneWaySerde.ofConstant(OPENED), BARRIER))
                .process(classify(), Named.as("classify"), BATCH);

        answers.filter((key, answer) -> answer.classified() instanceof Classified.Predicted)
                .mapValues(answer -> ((Classified.Predicted) answer.classified()).prediction())
                .to(topics.predictions(), Produced.with(bytes, OneWaySerde.writing(predictions)));

        Produced<byte[], byte[]> asTheyAre = Produced.with(bytes, bytes);
        answers.filter((key, answer) -> answer.classified() instanceof Classified.Unclassifiable)
                .process(DeadLettering.supplier(
                        answer -> answer.image()
                                .unclassifiable(((Classified.Unclassifiable) answer.classified()).message()),
                        metrics.deadLetters()))
                .to(topics.deadLetters(), asTheyAre);
        steps.filter((key, step) -> step instanceof Batching.Rejected)
                .process(DeadLettering.supplier(step -> ((Batching.Rejected) step).letter(), metrics.deadLetters()))
                .to(topics.deadLetters(), asTheyAre);
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

    private ProcessorSupplier<byte[], Batching, byte[], Answer> classify() {
        return () -> new ClassifyingProcessor(BATCH, classifiers, model, settings.batchMaxDelay(), metrics, clock);
    }
}
