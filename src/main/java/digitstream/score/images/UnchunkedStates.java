package digitstream.score.images;

import java.util.NoSuchElementException;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksIterator;

/** Iterates over states of an older version, in the order of their image ids. Empty without an iterator of RocksDB. */
final class UnchunkedStates implements KeyValueIterator<Bytes, byte[]> {
    private final @Nullable RocksIterator states;

    UnchunkedStates(@Nullable RocksIterator states) {
        this.states = states;
    }

    @Override
    public boolean hasNext() {
        return states != null && states.isValid();
    }

    @Override
    public KeyValue<Bytes, byte[]> next() {
        if (states == null || !states.isValid()) {
            throw new NoSuchElementException();
        }
        KeyValue<Bytes, byte[]> next = KeyValue.pair(Bytes.wrap(states.key()), states.value());
        states.next();
        return next;
    }

    @Override
    public Bytes peekNextKey() {
        if (states == null || !states.isValid()) {
            throw new NoSuchElementException();
        }
        return Bytes.wrap(states.key());
    }

    @Override
    public void close() {
        if (states != null) {
            states.close();
        }
    }
}
