package digitstream.score;

import digitstream.accuracy.ImageState;
import digitstream.accuracy.ModelNames;
import java.nio.ByteBuffer;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * Applies predictions and labels to the state of their image, and collects the changes. A state is read from the store once per
 * commit, and written to it at the commit. Used by one task's thread.
 */
final class ImageScorer {
    private final KeyValueStore<byte[], byte[]> images;
    private final PendingCounts pending;
    private final ArrivalBuckets arrival;
    private final ModelNames names = new ModelNames();

    ImageScorer(KeyValueStore<byte[], byte[]> images, PendingCounts pending, ArrivalBuckets arrival) {
        this.images = images;
        this.pending = pending;
        this.arrival = arrival;
    }

    /**
     * Applies an event.
     *
     * @return whether it is the first since the last commit
     */
    // An event that changes nothing returns the same object.
    @SuppressWarnings("ReferenceEquality")
    boolean score(byte[] imageId, ImageState.Event event, long nowMillis) {
        boolean first = pending.isEmpty();
        Bytes id = Bytes.wrap(imageId);
        ImageState before = state(id);
        ImageState after = before.after(event, arrival.touched(nowMillis, pending.expiredToMillis()), pending);
        if (after != before) {
            before.unmatched(-1, pending.unmatched());
            after.unmatched(1, pending.unmatched());
            before.pairs(-1, pending.pairs());
            after.pairs(1, pending.pairs());
            pending.states().put(id, after);
        }
        return first;
    }

    /** The state of an image; the one of an image without events if it has expired. */
    private ImageState state(Bytes id) {
        ImageState state = pending.states().get(id);
        if (state == null) {
            byte[] bytes = images.get(id.get());
            state = bytes == null ? ImageState.unknown() : read(bytes, names, arrival);
        }
        return state.isExpired(pending.expiredToMillis()) ? ImageState.unknown() : state;
    }

    /** Reads a state. The time of one that an older version has written is rounded up to the end of its bucket. */
    static ImageState read(byte[] bytes, ModelNames names, ArrivalBuckets arrival) {
        ImageState state = ImageState.read(ByteBuffer.wrap(bytes), names);
        return ImageState.isRounded(bytes) ? state : state.touchedAt(arrival.endOf(state.touchedAtMillis()));
    }
}
