package digitstream.classify;

import digitstream.streams.CommitPace;
import digitstream.streams.DeadLetter;
import digitstream.streams.DeadLetters;
import digitstream.streams.ForwardedHeaders;
import digitstream.streams.PolledRecords;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.kafka.streams.processor.Cancellable;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/**
 * Publishes a prediction or a dead letter for each record that one poll returned from a partition. Nothing is pending when
 * {@code process} returns, so that a commit at any time is complete.
 */
final class ClassifyingProcessor implements Processor<byte[], byte[], byte[], byte[]> {
    /** How exactly a commit that is due between two polls keeps its time. */
    private static final Duration COMMIT_CHECK = Duration.ofMillis(1);

    /** The names of the sinks, and the size of a dead letter at most. */
    record Sinks(String predictions, String deadLetters, int deadLettersMaxBytes) {}

    private final ImageReader reader;
    private final ModelLease model;
    private final int batchMaxSize;
    private final PredictionWriter writer;
    private final Sinks sinks;
    private final ClassifyMetrics metrics;
    private final Clock clock;

    private ProcessorContext<byte[], byte[]> context;
    private PollClassifier pollClassifier;
    private Optional<CommitPace> pace = Optional.empty();
    private @Nullable Cancellable timer;

    // Kafka Streams calls init before anything else.
    @SuppressWarnings("NullAway.Init")
    ClassifyingProcessor(
            ImageReader reader,
            Supplier<ServedModel> inService,
            int batchMaxSize,
            PredictionWriter writer,
            Sinks sinks,
            ClassifyMetrics metrics,
            Clock clock) {
        this.reader = reader;
        this.model = new ModelLease(inService);
        this.batchMaxSize = batchMaxSize;
        this.writer = writer;
        this.sinks = sinks;
        this.metrics = metrics;
        this.clock = clock;
    }

    @Override
    public void init(ProcessorContext<byte[], byte[]> context) {
        // Kafka Streams initialises the same object again when it revives a task, not always after a close.
        close();
        this.context = context;
        this.pollClassifier = new PollClassifier(reader, model, batchMaxSize, metrics, clock);
        this.timer = context.schedule(COMMIT_CHECK, PunctuationType.WALL_CLOCK_TIME, now -> {
            model.refresh();
            commitIfDue();
        });
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        PolledRecords polled = PolledRecords.of(record, context, clock);
        for (Outcome outcome : pollClassifier.outcomes(polled)) {
            if (outcome instanceof Outcome.Answered answered) {
                publish(answered);
            } else {
                reject(((Outcome.Rejected) outcome).deadLetter());
            }
        }
        pace = polled.pace();
        commitIfDue();
    }

    private void publish(Outcome.Answered answered) {
        PendingImage image = answered.image();
        context.forward(
                new Record<>(
                        image.record().key(),
                        writer.write(image, answered.predicted(), answered.version()),
                        image.timestamp(),
                        ForwardedHeaders.of(image.record().headers())),
                sinks.predictions());
    }

    private void reject(DeadLetter deadLetter) {
        metrics.deadLetters().count(deadLetter.reason());
        context.forward(DeadLetters.toRecord(deadLetter, sinks.deadLettersMaxBytes()), sinks.deadLetters());
    }

    private void commitIfDue() {
        if (pace.isPresent() && pace.get().isDue()) {
            // Commits the other tasks of the thread too.
            context.commit();
            pace.get().committed();
        }
    }

    @Override
    public void close() {
        pace = Optional.empty();
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
        model.close();
    }
}
