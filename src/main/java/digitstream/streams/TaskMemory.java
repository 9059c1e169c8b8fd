package digitstream.streams;

import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.processor.StateStoreContext;
import org.apache.kafka.streams.state.StoreBuilder;

/**
 * One value per task, shared by the processors before and after a {@link CommitBarrier}. It is a state store only because
 * that is how Kafka Streams lets processors of a task share something. In memory and not logged: the processor after the
 * barrier empties it at every commit, so there is nothing to restore. Used only by the task's thread.
 */
public final class TaskMemory<T> implements StateStore {
    private final String name;
    private final T value;
    private final Consumer<T> clear;
    private boolean open;

    private TaskMemory(String name, T value, Consumer<T> clear) {
        this.name = name;
        this.value = value;
        this.clear = clear;
    }

    /**
     * Returns a builder for the store.
     *
     * @param clear empties the value when its task is opened or closed. After a close without a commit, the records are
     *     consumed again.
     */
    public static <T> StoreBuilder<TaskMemory<T>> builder(String name, Supplier<T> values, Consumer<T> clear) {
        return new Builder<>(name, values, clear);
    }

    public T value() {
        return value;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void init(StateStoreContext context, StateStore root) {
        context.register(root, (key, bytes) -> {
            throw new IllegalStateException("store " + name + " is not logged and has nothing to restore");
        });
        // Kafka Streams opens the same object again when it revives a task.
        clear.accept(value);
        open = true;
    }

    @Override
    public void close() {
        clear.accept(value);
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

    private record Builder<T>(String name, Supplier<T> values, Consumer<T> clear)
            implements StoreBuilder<TaskMemory<T>> {
        @Override
        public TaskMemory<T> build() {
            return new TaskMemory<>(name, values.get(), clear);
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
        public StoreBuilder<TaskMemory<T>> withCachingEnabled() {
            throw new UnsupportedOperationException("a task's memory is not cached");
        }

        @Override
        public StoreBuilder<TaskMemory<T>> withCachingDisabled() {
            return this;
        }

        @Override
        public StoreBuilder<TaskMemory<T>> withLoggingEnabled(Map<String, String> config) {
            throw new UnsupportedOperationException("a task's memory is not logged");
        }

        @Override
        public StoreBuilder<TaskMemory<T>> withLoggingDisabled() {
            return this;
        }
    }
}
