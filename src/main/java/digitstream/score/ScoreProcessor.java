package digitstream.score;

import digitstream.accuracy.ImageState;
import digitstream.accuracy.Role;
import digitstream.settings.ScoreSettings;
import digitstream.settings.Topics;
import digitstream.streams.CommitBarrier;
import digitstream.streams.DeadLetter;
import digitstream.streams.InputTimestamps;
import digitstream.streams.PolledRecords;
import digitstream.streams.TaskMemory;
import java.time.Clock;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.api.FixedKeyProcessor;
import org.apache.kafka.streams.processor.api.FixedKeyProcessorContext;
import org.apache.kafka.streams.processor.api.FixedKeyRecord;
import org.jspecify.annotations.Nullable;

/** Reads the predictions and labels of a poll, and scores those in the partition of their key. */
final class ScoreProcessor implements FixedKeyProcessor<byte[], byte[], Reading> {
    private final String imagesStore;
    private final String pendingStore;
    private final String labelsTopic;
    private final String challengersTopic;
    private final ArrivalBuckets arrival;
    private final Placement placement;
    private final DrawnDigits drawn;
    private final RecordReader reader;
    private final Clock clock;

    private FixedKeyProcessorContext<byte[], Reading> context;
    private ImageScorer scorer;

    // Kafka Streams calls init before anything else.
    @SuppressWarnings("NullAway.Init")
    ScoreProcessor(
            String imagesStore,
            String pendingStore,
            Topics topics,
            ScoreSettings settings,
            Placement placement,
            DrawnDigits drawn,
            RecordReader reader,
            Clock clock) {
        this.imagesStore = imagesStore;
        this.pendingStore = pendingStore;
        this.labelsTopic = topics.labels();
        this.challengersTopic = topics.challengerPredictions();
        this.arrival = ArrivalBuckets.of(settings);
        this.placement = placement;
        this.drawn = drawn;
        this.reader = reader;
        this.clock = clock;
    }

    @Override
    public void init(FixedKeyProcessorContext<byte[], Reading> context) {
        this.context = context;
        TaskMemory<PendingCounts> memory = context.getStateStore(pendingStore);
        this.scorer = new ImageScorer(context.getStateStore(imagesStore), memory.value(), arrival);
    }

    @Override
    public void process(FixedKeyRecord<byte[], byte[]> record) {
        boolean first = false;
        long now = context.currentSystemTimeMs();
        for (ConsumerRecord<byte[], byte[]> polled :
                PolledRecords.of(record, context, clock).records()) {
            first |= process(polled, record, now);
        }
        if (first) {
            // After the counts were changed: a full barrier lets the marker through at once.
            context.forward(CommitBarrier.marker(record, new Reading.Pending(Counted.MARKER), now));
        }
    }

    /** Processes one record. Returns whether it has made the first change since the last commit. */
    private boolean process(ConsumerRecord<byte[], byte[]> polled, FixedKeyRecord<byte[], byte[]> record, long now) {
        boolean isLabel = polled.topic().equals(labelsTopic);
        ImageState.Event event = plain(polled, isLabel, now);
        if (event != null) {
            return accept(polled, record, event, now);
        }
        RecordReader.Result result = isLabel
                ? reader.label(polled.key(), polled.headers(), polled.value(), polled.timestamp(), now)
                : reader.prediction(polled.key(), polled.headers(), polled.value(), role(polled), now);
        if (result instanceof RecordReader.Valid valid) {
            return accept(polled, record, valid.event(), now);
        }
        RecordReader.Fault fault = (RecordReader.Fault) result;
        long timestamp = InputTimestamps.valid(polled.timestamp(), now);
        forward(record, new Reading.Rejected(DeadLetter.of(polled, timestamp, fault.reason(), fault.message())));
        return false;
    }

    private ImageState.@Nullable Event plain(ConsumerRecord<byte[], byte[]> polled, boolean isLabel, long now) {
        if (polled.key() == null || polled.value() == null) {
            return null;
        }
        return isLabel
                ? reader.plainLabel(polled.key(), polled.headers(), polled.value(), now)
                : reader.plainPrediction(polled.key(), polled.headers(), polled.value(), role(polled), now);
    }

    private Role role(ConsumerRecord<byte[], byte[]> prediction) {
        return prediction.topic().equals(challengersTopic) ? Role.CHALLENGER : Role.CHAMPION;
    }

    private boolean accept(
            ConsumerRecord<byte[], byte[]> polled,
            FixedKeyRecord<byte[], byte[]> record,
            ImageState.Event event,
            long now) {
        if (drawn.leaveOut(polled)) {
            return false;
        }
        if (placement.isMisplaced(polled)) {
            forward(record, new Reading.Misplaced(polled.key(), event));
            return false;
        }
        return scorer.score(polled.key(), event, now);
    }

    /** Passes on a result without the headers: they hold the polled records. */
    private void forward(FixedKeyRecord<byte[], byte[]> record, Reading reading) {
        context.forward(record.withValue(reading).withHeaders(new RecordHeaders()));
    }
}
