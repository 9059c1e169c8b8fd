package digitstream.streams;

import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.processor.StateStoreContext;
import org.apache.kafka.streams.state.StoreBuilder;

/**
 * One value a task, shared by the processors on both sides of a {@link CommitBarrier}. A state store only because that is
 * how Kafka Streams lets a task's processors share something. In memory and not logged: what is behind the barrier empties
 * it at every commit, so there is nothing to restore. Used by the task's thread.
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
     * Builds such a store.
     *
     * @param clear empties the value: when a task is closed without a commit, whose records come again
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
