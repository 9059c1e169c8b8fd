package digitstream.score.images;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.processor.BatchingStateRestoreCallback;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.processor.StateStoreContext;
import org.apache.kafka.streams.query.Position;
import org.apache.kafka.streams.state.KeyValueBytesStoreSupplier;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * Image states by image id. They are put as {@linkplain StateChunk chunks}, which Kafka Streams logs as one record each, and read
 * one by one. Deleting a chunk's key drops the segments that have expired with it.
 *
 * <p>What was put since the last commit is kept in memory. At the commit it is written together with the changelog offset. So a
 * crash leaves a state that was committed once, and only the rest of the changelog is restored.
 *
 * <p>A record of the changelog whose key is an image id is a state that an older version has written. {@link #all} and {@link
 * #range} return such states only.
 */
// Kafka's interface returns null for an absent value.
@SuppressWarnings("NullAway")
public final class ImageStore implements KeyValueStore<Bytes, byte[]> {
    /** A key beside the offsets: the store may have states that were never committed, unless it is closed. */
    private static final byte[] OPEN = "open".getBytes(UTF_8);

    private static final int FEW_BYTES = 1 << 10;
    private static final long MAX_EXPECTED_BYTES = 64 << 20;

    private final String name;
    private final long segmentMillis;

    /** Chunks and deletions since the last commit, in order. A deletion has a null value. */
    private final Map<Bytes, byte[]> uncommitted = new LinkedHashMap<>();

    /** The states in the uncommitted chunks, or null until one is looked up. */
    private @Nullable Map<Bytes, byte[]> uncommittedStates;

    private long uncommittedBytes;
    private boolean keepsUntilCommit;
    private ImageSegments segments;
    private boolean open;

    private ImageStore(String name, long segmentMillis) {
        this.name = name;
        this.segmentMillis = segmentMillis;
    }

    /** Supplies stores whose segments have this width. */
    public static KeyValueBytesStoreSupplier supplier(String name, long segmentMillis) {
        return new KeyValueBytesStoreSupplier() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public KeyValueStore<Bytes, byte[]> get() {
                return new ImageStore(name, segmentMillis);
            }

            @Override
            public String metricsScope() {
                return "images";
            }
        };
    }

    @Override
    public void init(StateStoreContext context, StateStore root) {
        forget();
        deleteFilesOfOlderVersions(context.stateDir());
        keepsUntilCommit = commitsEachTime(context.appConfigs());
        open(new File(context.stateDir(), name));
        context.register(root, new BatchingStateRestoreCallback() {
            @Override
            public void restoreAll(Collection<KeyValue<byte[], byte[]>> records) {
                Batch batch = new Batch(FEW_BYTES);
                records.forEach(record -> apply(record.key, record.value, batch));
                segments.write(batch);
            }
        });
    }

    private void open(File folder) {
        segments = new ImageSegments(folder, segmentMillis);
        if (segments.offset(OPEN) != null) {
            segments.close();
            delete(folder);
            segments = new ImageSegments(folder, segmentMillis);
        }
        if (!keepsUntilCommit) {
            mark(true);
        }
        open = true;
    }

    private void mark(boolean isOpen) {
        Batch batch = new Batch(FEW_BYTES);
        if (isOpen) {
            batch.put(segments.offsets(), OPEN, new byte[0]);
        } else {
            batch.delete(segments.offsets(), OPEN);
        }
        segments.write(batch);
        segments.flush();
    }

    /** Older versions kept the states in a store of Kafka Streams. They are restored from the changelog. */
    private void deleteFilesOfOlderVersions(File taskFolder) {
        delete(new File(new File(taskFolder, "rocksdb"), name));
    }

    private static void delete(File folder) {
        try {
            Utils.delete(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(folder + " can't be deleted", e);
        }
    }

    /** Whether Kafka Streams calls {@link #commit} after each commit. Under exactly-once, it does so only if told to. */
    private static boolean commitsEachTime(Map<String, Object> settings) {
        return !StreamsConfig.EXACTLY_ONCE_V2.equals(settings.get(StreamsConfig.PROCESSING_GUARANTEE_CONFIG))
                || Boolean.parseBoolean(String.valueOf(settings.get(StreamsConfig.TRANSACTIONAL_STATE_STORES_CONFIG)));
    }

    @Override
    public void put(Bytes key, byte[] value) {
        uncommittedStates = null;
        uncommitted.remove(key);
        uncommitted.put(key, value);
        uncommittedBytes += key.get().length + (value == null ? 0 : value.length);
        if (!keepsUntilCommit) {
            Batch batch = uncommittedBatch();
            writeUncommitted(batch);
            segments.write(batch);
        }
    }

    /** A batch with room for what is uncommitted: RocksDB adds a few bytes to each state. */
    private Batch uncommittedBatch() {
        return new Batch(FEW_BYTES + (int) Math.min(MAX_EXPECTED_BYTES, uncommittedBytes + uncommittedBytes / 8));
    }

    private void writeUncommitted(Batch batch) {
        uncommitted.forEach((key, value) -> apply(key.get(), value, batch));
        forget();
    }

    private void apply(byte[] key, byte[] value, Batch batch) {
        if (!StateChunk.isKey(key)) {
            if (value == null) {
                batch.delete(segments.unchunked(), key);
            } else {
                batch.put(segments.unchunked(), key, value);
            }
        } else if (value != null) {
            batch.putAll(segments.segment(StateChunk.bucketEndMillis(key)), value);
        } else {
            drop(StateChunk.bucketEndMillis(key), batch);
        }
    }

    /** Writes the batch first, because it may have states in a segment that is dropped. */
    private void drop(long bucketEndMillis, Batch batch) {
        if (!batch.isEmpty()) {
            segments.write(batch);
            batch.clear();
        }
        segments.drop(bucketEndMillis);
    }

    private void forget() {
        uncommitted.clear();
        uncommittedStates = null;
        uncommittedBytes = 0;
    }

    @Override
    public byte[] get(Bytes imageId) {
        if (!uncommitted.isEmpty()) {
            byte[] state = uncommittedStates().get(imageId);
            if (state != null) {
                return state;
            }
        }
        return segments.get(imageId.get());
    }

    private Map<Bytes, byte[]> uncommittedStates() {
        if (uncommittedStates == null) {
            uncommittedStates = new HashMap<>();
            uncommitted.forEach((key, value) -> {
                if (value != null && StateChunk.isKey(key.get())) {
                    StateChunk.Reader states = new StateChunk.Reader(value);
                    while (states.next()) {
                        uncommittedStates.put(states.id(), states.state());
                    }
                }
            });
        }
        return uncommittedStates;
    }

    @Override
    public byte[] putIfAbsent(Bytes key, byte[] value) {
        throw new UnsupportedOperationException("states are put as chunks");
    }

    @Override
    public void putAll(List<KeyValue<Bytes, byte[]>> entries) {
        entries.forEach(entry -> put(entry.key, entry.value));
    }

    @Override
    public byte[] delete(Bytes key) {
        put(key, null);
        return null;
    }

    @Override
    public KeyValueIterator<Bytes, byte[]> range(Bytes from, Bytes to) {
        return new UnchunkedStates(segments.unchunkedFrom(from == null ? new byte[0] : from.get()));
    }

    @Override
    public KeyValueIterator<Bytes, byte[]> all() {
        return range(null, null);
    }

    @Override
    public long approximateNumEntries() {
        return segments.approximateNumEntries();
    }

    // Deprecated because one day every store must do so.
    @SuppressWarnings("deprecation")
    @Override
    public boolean managesOffsets() {
        return true;
    }

    @Override
    public void commit(Map<TopicPartition, Long> changelogOffsets) {
        Batch batch = uncommittedBatch();
        writeUncommitted(batch);
        changelogOffsets.forEach((partition, offset) -> {
            byte[] key = partition.toString().getBytes(UTF_8);
            if (offset == null) {
                batch.delete(segments.offsets(), key);
            } else {
                batch.put(
                        segments.offsets(),
                        key,
                        ByteBuffer.allocate(Long.BYTES).putLong(offset).array());
            }
        });
        if (!batch.isEmpty()) {
            segments.write(batch);
        }
    }

    @Override
    public Long committedOffset(TopicPartition partition) {
        byte[] offset = segments.offset(partition.toString().getBytes(UTF_8));
        return offset == null ? null : ByteBuffer.wrap(offset).getLong();
    }

    @Override
    public long approximateNumUncommittedBytes() {
        return uncommittedBytes;
    }

    /** Positions serve interactive queries, of which there are none. */
    @Override
    public Position getPosition() {
        return Position.emptyPosition();
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public boolean persistent() {
        return true;
    }

    @Override
    public boolean isOpen() {
        return open;
    }

    /** Discards what is not committed. */
    @Override
    public void close() {
        if (open) {
            open = false;
            forget();
            if (keepsUntilCommit) {
                segments.flush();
            } else {
                mark(false);
            }
            segments.close();
        }
    }
}
