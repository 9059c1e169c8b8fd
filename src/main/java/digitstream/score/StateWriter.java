package digitstream.score;

import digitstream.accuracy.ImageState;
import digitstream.accuracy.ModelNames;
import digitstream.score.images.StateChunk;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.state.KeyValueStore;

/** Puts states into the store, as few chunks. Used by one task's thread. */
final class StateWriter {
    private static final int COMMON_BYTES = 256;

    private final KeyValueStore<byte[], byte[]> images;
    private final ModelNames names = new ModelNames();
    private final StateChunk chunk = new StateChunk();
    private ByteBuffer state = ByteBuffer.allocate(COMMON_BYTES);

    StateWriter(KeyValueStore<byte[], byte[]> images) {
        this.images = images;
    }

    /** Writes states, by image id. Supplies a key for each chunk. */
    void write(Map<Bytes, ImageState> states, Supplier<byte[]> keys) {
        states.forEach((id, changed) -> {
            int size = changed.maxBytes(names);
            state = size > state.capacity() ? ByteBuffer.allocate(size) : state.clear();
            changed.write(state, names);
            state.flip();
            if (!chunk.add(id.get(), state)) {
                put(keys);
                chunk.add(id.get(), state);
            }
        });
        if (!chunk.isEmpty()) {
            put(keys);
        }
    }

    private void put(Supplier<byte[]> keys) {
        images.put(keys.get(), chunk.toBytes());
        chunk.clear();
    }
}
