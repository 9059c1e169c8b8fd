package digitstream.topology;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.processor.StateStoreContext;
import org.apache.kafka.streams.state.StoreBuilder;

/**
 * The batch that a task is filling: images that were consumed and not classified yet. A state store only so that the
 * processor that fills it and the one that empties it, which the {@link CommitBarrier} lies between, share one batch a
 * task. In memory and not logged: it is empty at every commit, so there is nothing to restore. Used by the task's thread.
 */
final class PendingBatch implements StateStore {
    private final String name;
    private List<PendingImage> images = new ArrayList<>();
    private boolean open;

    PendingBatch(String name) {
        this.name = name;
    }

    static StoreBuilder<PendingBatch> builder(String name) {
        return new Builder(name);
    }

    void add(PendingImage image) {
        images.add(image);
    }

    int size() {
        return images.size();
    }

    boolean isEmpty() {
        return images.isEmpty();
    }

    /** When the oldest image joined, by the wall clock; there must be one. */
    long openedAtMillis() {
        return images.get(0).arrivedAtMillis();
    }

    /** Takes the whole batch out; the next image opens a new one. */
    List<PendingImage> take() {
        List<PendingImage> taken = images;
        images = new ArrayList<>(taken.size());
        return taken;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void init(StateStoreContext context, StateStore root) {
        context.register(root, (key, value) -> {
            throw new IllegalStateException("store " + name + " is not logged and has nothing to restore");
        });
        open = true;
    }

    @Override
    public void close() {
        // After the last commit, or where a task is closed dirty: then its offsets are not committed and its images
        // come again.
        images.clear();
        open = false;
    }

    @Override
    public boolean persistent() {
        return false;
    }

    @Override
    public boolean isOpen() {
        return open;
    }

    private record Builder(String name) implements StoreBuilder<PendingBatch> {
        @Override
        public PendingBatch build() {
            return new PendingBatch(name);
        }

        @Override
        public Map<String, String> logConfig() {
            return Map.of();
        }

        @Override
        public boolean loggingEnabled() {
            return false;
        }

        @Override
        public StoreBuilder<PendingBatch> withCachingEnabled() {
            throw new UnsupportedOperationException("a pending batch is not cached");
        }

        @Override
        public StoreBuilder<PendingBatch> withCachingDisabled() {
            return this;
        }

        @Override
        public StoreBuilder<PendingBatch> withLoggingEnabled(Map<String, String> config) {
            throw new UnsupportedOperationException("a pending batch is not logged");
        }

        @Override
        public StoreBuilder<PendingBatch> withLoggingDisabled() {
            return this;
        }
    }
}
