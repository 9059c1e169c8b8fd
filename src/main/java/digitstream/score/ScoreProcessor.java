package digitstream.score;

import digitstream.accuracy.ImageState;
import digitstream.settings.ScoreSettings;
import digitstream.streams.CommitBarrier;
import digitstream.streams.TaskMemory;
import org.apache.kafka.streams.processor.api.FixedKeyProcessor;
import org.apache.kafka.streams.processor.api.FixedKeyProcessorContext;
import org.apache.kafka.streams.processor.api.FixedKeyRecord;
import org.apache.kafka.streams.state.KeyValueStore;

/** Applies predictions and labels to the state of their image, and collects the changes in the pending counts. */
final class ScoreProcessor implements FixedKeyProcessor<byte[], ImageState.Event, Counted> {
    private final String imagesStore;
    private final String pendingStore;
    private final long unmatchedRetentionMillis;

    private FixedKeyProcessorContext<byte[], Counted> context;
    private KeyValueStore<byte[], byte[]> images;
    private PendingCounts counts;

    // Kafka Streams calls init before anything else.
    @SuppressWarnings("NullAway.Init")
    ScoreProcessor(String imagesStore, String pendingStore, ScoreSettings settings) {
        this.imagesStore = imagesStore;
        this.pendingStore = pendingStore;
        this.unmatchedRetentionMillis = settings.unmatchedRetention().toMillis();
    }

    @Override
    public void init(FixedKeyProcessorContext<byte[], Counted> context) {
        this.context = context;
        this.images = context.getStateStore(imagesStore);
        TaskMemory<PendingCounts> memory = context.getStateStore(pendingStore);
        this.counts = memory.value();
    }

    @Override
    public void process(FixedKeyRecord<byte[], ImageState.Event> record) {
        boolean first = counts.isEmpty();
        long now = context.currentSystemTimeMs();
        ImageState before = state(record.key(), now);
        ImageState after = before.after(record.value(), now, counts);
        if (!after.equals(before)) {
            images.put(record.key(), after.toBytes());
        }
        // Change the counts before forwarding the marker: a full barrier lets it through at once.
        if (first) {
            context.forward(CommitBarrier.marker(record, Counted.MARKER, now));
        }
    }

    /** The state of an image. An expired state is counted as expired and replaced by an empty one. */
    private ImageState state(byte[] imageId, long now) {
        byte[] bytes = images.get(imageId);
        if (bytes == null) {
            return ImageState.unknown();
        }
        ImageState state = ImageState.fromBytes(bytes);
        if (state.isExpired(now, unmatchedRetentionMillis)) {
            state.expire(counts);
            return ImageState.unknown();
        }
        return state;
    }
}
