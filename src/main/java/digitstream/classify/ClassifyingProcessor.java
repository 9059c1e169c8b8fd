package digitstream.classify;

import digitstream.accuracy.ModelVersion;
import digitstream.model.Classifier;
import digitstream.streams.ForwardedHeaders;
import digitstream.streams.TaskMemory;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.apache.kafka.streams.processor.Cancellable;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/**
 * Classifies its task's {@link PendingBatch}: on each marker, which means that the batch is full or that a commit follows,
 * and when the oldest image has waited for the maximum delay.
 */
final class ClassifyingProcessor implements Processor<byte[], Batching, byte[], ClassifiedImage> {
    private final String storeName;
    private final Supplier<Classifier> classifiers;
    private final ModelVersion model;
    private final long batchMaxDelayMillis;
    private final ClassifyMetrics metrics;
    private final Clock clock;

    private ProcessorContext<byte[], ClassifiedImage> context;
    private PendingBatch batch;
    private BatchClassifier batchClassifier;
    private @Nullable Classifier classifier;
    private @Nullable Cancellable timer;

    // Kafka Streams calls init before anything else.
    @SuppressWarnings("NullAway.Init")
    ClassifyingProcessor(
            String storeName,
            Supplier<Classifier> classifiers,
            ModelVersion model,
            Duration batchMaxDelay,
            ClassifyMetrics metrics,
            Clock clock) {
        this.storeName = storeName;
        this.classifiers = classifiers;
        this.model = model;
        this.batchMaxDelayMillis = batchMaxDelay.toMillis();
        this.metrics = metrics;
        this.clock = clock;
    }

    @Override
    public void init(ProcessorContext<byte[], ClassifiedImage> context) {
        // Kafka Streams initialises the same object again when it revives a task, not always after a close.
        close();
        this.context = context;
        TaskMemory<PendingBatch> memory = context.getStateStore(storeName);
        this.batch = memory.value();
        Classifier taskClassifier = classifiers.get();
        this.classifier = taskClassifier;
        this.batchClassifier = new BatchClassifier(taskClassifier, model, clock::millis, metrics::inferred);
        // Two ticks per maximum delay, so that no image waits longer than 1.5 times the maximum.
        Duration interval = Duration.ofMillis(Math.max(1, batchMaxDelayMillis / 2));
        this.timer = context.schedule(interval, PunctuationType.WALL_CLOCK_TIME, tick -> flushIfOld());
    }

    @Override
    public void process(Record<byte[], Batching> marker) {
        flush(marker.value() instanceof Batching.Full ? FlushReason.SIZE : FlushReason.COMMIT);
    }

    private void flushIfOld() {
        if (!batch.isEmpty() && clock.millis() - batch.openedAtMillis() >= batchMaxDelayMillis) {
            flush(FlushReason.DELAY);
        }
    }

    private void flush(FlushReason reason) {
        if (batch.isEmpty()) {
            return;
        }
        List<PendingImage> images = batch.take();
        metrics.flushed(reason, images, clock.millis());
        List<Classified> results = batchClassifier.classify(images);
        metrics.classified(results);
        for (int i = 0; i < images.size(); i++) {
            PendingImage image = images.get(i);
            context.forward(new Record<>(
                    image.key(),
                    new ClassifiedImage(image, results.get(i)),
                    image.timestamp(),
                    ForwardedHeaders.of(image.headers())));
        }
    }

    @Override
    public void close() {
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
        if (classifier != null) {
            classifier.close();
            classifier = null;
        }
    }
}
