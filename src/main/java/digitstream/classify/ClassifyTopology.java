package digitstream.classify;

import digitstream.avro.DigitImage;
import digitstream.serde.Decoder;
import digitstream.settings.ClassifySettings;
import digitstream.settings.Topics;
import digitstream.streams.InputTimestamps;
import java.time.Clock;
import java.util.function.Supplier;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.AutoOffsetReset;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.api.Processor;

/**
 * Classifies images in micro-batches.
 *
 * <pre>
 *   images -> classify --+--> predictions
 *                        +--> dead letters
 * </pre>
 *
 * <p>A batch consists of images that one poll returned. The results of a partition are published before its next record is
 * processed. Therefore a committed offset never passes an image without a prediction or a dead letter.
 */
public final class ClassifyTopology {
    private static final String IMAGES = "images";
    private static final String CLASSIFY = "classify";
    private static final String PREDICTIONS = "predictions";
    private static final String DEAD_LETTERS = "dead-letters";

    private final Topics topics;
    private final ClassifySettings settings;
    private final int deadLettersMaxBytes;
    private final Supplier<ServedModel> inService;
    private final Supplier<Decoder<DigitImage>> images;
    private final byte[] predictionHeader;
    private final ClassifyMetrics metrics;
    private final Clock clock;
    private final ImageCheck check;

    /**
     * Prepares the topology.
     *
     * @param deadLettersMaxBytes the size of a dead letter at most; larger ones are truncated
     * @param width image width that the model expects, in pixels
     * @param height image height that the model expects, in pixels
     * @param inService returns the model in service, which is asked for before each batch; must be thread-safe
     * @param images supplies a new decoder for each task
     * @param predictionHeader the bytes before each prediction: the magic byte and the id of its schema
     * @param clock clock for the time of predictions; must be thread-safe
     */
    public ClassifyTopology(
            Topics topics,
            ClassifySettings settings,
            int deadLettersMaxBytes,
            int width,
            int height,
            Supplier<ServedModel> inService,
            Supplier<Decoder<DigitImage>> images,
            byte[] predictionHeader,
            ClassifyMetrics metrics,
            Clock clock) {
        this.topics = topics;
        this.settings = settings;
        this.deadLettersMaxBytes = deadLettersMaxBytes;
        this.check = new ImageCheck(width, height, settings.eventTimes());
        this.inService = inService;
        this.images = images;
        this.predictionHeader = predictionHeader.clone();
        this.metrics = metrics;
        this.clock = clock;
    }

    /** Builds the topology. */
    public Topology build() {
        ByteArrayDeserializer read = new ByteArrayDeserializer();
        ByteArraySerializer write = new ByteArraySerializer();
        return new Topology()
                .addSource((AutoOffsetReset) null, IMAGES, new InputTimestamps(clock), read, read, topics.images())
                .addProcessor(CLASSIFY, this::processor, IMAGES)
                .addSink(PREDICTIONS, topics.predictions(), write, write, CLASSIFY)
                .addSink(DEAD_LETTERS, topics.deadLetters(), write, write, CLASSIFY);
    }

    private Processor<byte[], byte[], byte[], byte[]> processor() {
        return new ClassifyingProcessor(
                new ImageReader(images.get(), check),
                inService,
                settings.batchMaxSize(),
                new PredictionWriter(predictionHeader, topics.images()),
                new ClassifyingProcessor.Sinks(PREDICTIONS, DEAD_LETTERS, deadLettersMaxBytes),
                metrics,
                clock);
    }
}
