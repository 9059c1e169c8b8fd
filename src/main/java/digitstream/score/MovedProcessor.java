package digitstream.score;

import digitstream.accuracy.ImageState;
import digitstream.settings.ScoreSettings;
import digitstream.streams.CommitBarrier;
import digitstream.streams.TaskMemory;
import org.apache.kafka.streams.processor.api.FixedKeyProcessor;
import org.apache.kafka.streams.processor.api.FixedKeyProcessorContext;
import org.apache.kafka.streams.processor.api.FixedKeyRecord;

/** Scores predictions and labels that have come from another partition. */
final class MovedProcessor implements FixedKeyProcessor<byte[], ImageState.Event, Counted> {
    private final String imagesStore;
    private final String pendingStore;
    private final ArrivalBuckets arrival;

    private FixedKeyProcessorContext<byte[], Counted> context;
    private ImageScorer scorer;

    // Kafka Streams calls init before anything else.
    @SuppressWarnings("NullAway.Init")
    MovedProcessor(String imagesStore, String pendingStore, ScoreSettings settings) {
        this.imagesStore = imagesStore;
        this.pendingStore = pendingStore;
        this.arrival = ArrivalBuckets.of(settings);
    }

    @Override
    public void init(FixedKeyProcessorContext<byte[], Counted> context) {
        this.context = context;
        TaskMemory<PendingCounts> memory = context.getStateStore(pendingStore);
        this.scorer = new ImageScorer(context.getStateStore(imagesStore), memory.value(), arrival);
    }

    @Override
    public void process(FixedKeyRecord<byte[], ImageState.Event> record) {
        long now = context.currentSystemTimeMs();
        if (scorer.score(record.key(), record.value(), now)) {
            context.forward(CommitBarrier.marker(record, Counted.MARKER, now));
        }
    }
}
