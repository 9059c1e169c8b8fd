package digitstream.score.images;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.apache.kafka.streams.errors.ProcessorStateException;
import org.jspecify.annotations.Nullable;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompactionStyle;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.FlushOptions;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.KeyMayExist;
import org.rocksdb.Options;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * The states of one partition in a RocksDB database, by time segment. A segment is a column family, named after its end. States
 * are written to the newest one and looked up in all, the newest first, so that the latest version of a state is found. A segment
 * is dropped with its files, without reading what is in it.
 *
 * <p>Nothing is written to RocksDB's log. All column families are flushed together, so that after a crash the states match the
 * changelog offset that is stored with them. Used by one thread at a time.
 */
final class ImageSegments implements AutoCloseable {
    private static final byte[] OFFSETS = RocksDB.DEFAULT_COLUMN_FAMILY;
    /** Where states of an older version are, which have a changelog record each. */
    private static final byte[] UNCHUNKED = "unchunked".getBytes(UTF_8);

    /** Small, because a lookup needs one state of a block. */
    private static final int BLOCK_BYTES = 2 << 10;

    private static final long WRITE_BUFFER_BYTES = 16L << 20;
    /** The share of a write buffer that its filter takes. */
    private static final double WRITE_BUFFER_FILTER = 0.05;
    /** One lookup in 700 reads a block of a file in vain. */
    private static final double FILTER_BITS_PER_KEY = 14;

    private static final int ID_BYTES = 256;
    private static final int STATE_BYTES = 4 << 10;

    private final long widthMillis;
    private final DBOptions options;
    private final ColumnFamilyOptions familyOptions;
    private final BloomFilter filter;
    private final WriteOptions unlogged;
    private final ReadOptions readOptions;
    private final RocksDB database;
    private final ColumnFamilyHandle offsets;
    private final TreeMap<Long, ColumnFamilyHandle> segments = new TreeMap<>();
    /** Null after a change of {@link #segments}. */
    private ColumnFamilyHandle @Nullable [] newestFirst;

    private @Nullable ColumnFamilyHandle unchunked;

    private ByteBuffer id = ByteBuffer.allocateDirect(ID_BYTES);
    private final ByteBuffer state = ByteBuffer.allocateDirect(STATE_BYTES);

    /**
     * Opens or creates the database.
     *
     * @param widthMillis the width of new segments
     */
    ImageSegments(File folder, long widthMillis) {
        this.widthMillis = widthMillis;
        // First, because it loads RocksDB.
        this.options = RocksDbMemory.options().setAtomicFlush(true).setInfoLogLevel(InfoLogLevel.ERROR_LEVEL);
        this.unlogged = new WriteOptions().setDisableWAL(true);
        this.readOptions = new ReadOptions();
        this.filter = new BloomFilter(FILTER_BITS_PER_KEY);
        this.familyOptions = new ColumnFamilyOptions()
                .setWriteBufferSize(WRITE_BUFFER_BYTES)
                .setMemtablePrefixBloomSizeRatio(WRITE_BUFFER_FILTER)
                .setMemtableWholeKeyFiltering(true)
                .setCompactionStyle(CompactionStyle.UNIVERSAL)
                .setCompressionType(CompressionType.LZ4_COMPRESSION)
                .setTableFormatConfig(new BlockBasedTableConfig()
                        .setBlockCache(RocksDbMemory.cache())
                        // Most lookups are of new images. They read the filters of all files and nothing else.
                        .setCacheIndexAndFilterBlocks(false)
                        .setBlockSize(BLOCK_BYTES)
                        .setFilterPolicy(filter));
        try {
            Files.createDirectories(folder.toPath());
            List<ColumnFamilyDescriptor> families = families(folder);
            List<ColumnFamilyHandle> handles = new ArrayList<>();
            this.database = RocksDB.open(options, folder.getPath(), families, handles);
            this.offsets = handles.get(0);
            for (ColumnFamilyHandle handle : handles.subList(1, handles.size())) {
                String name = new String(handle.getName(), UTF_8);
                if (name.equals(new String(UNCHUNKED, UTF_8))) {
                    unchunked = handle;
                } else {
                    segments.put(Long.parseLong(name), handle);
                }
            }
        } catch (RocksDBException | IOException e) {
            throw new ProcessorStateException("the image states in " + folder + " can't be opened", e);
        }
    }

    /** The column families in the database, the one of the offsets first. */
    private List<ColumnFamilyDescriptor> families(File folder) throws RocksDBException {
        List<ColumnFamilyDescriptor> families = new ArrayList<>();
        families.add(new ColumnFamilyDescriptor(OFFSETS, familyOptions));
        try (Options listing = new Options()) {
            for (byte[] name : RocksDB.listColumnFamilies(listing, folder.getPath())) {
                if (!new String(name, UTF_8).equals(new String(OFFSETS, UTF_8))) {
                    families.add(new ColumnFamilyDescriptor(name, familyOptions));
                }
            }
        }
        return families;
    }

    /** The latest version of a state, or null. */
    byte @Nullable [] get(byte[] imageId) {
        if (imageId.length > id.capacity()) {
            id = ByteBuffer.allocateDirect(imageId.length);
        }
        id.clear().put(imageId).flip();
        try {
            for (ColumnFamilyHandle segment : newestFirst()) {
                byte[] found = get(segment, imageId);
                if (found != null) {
                    return found;
                }
            }
            return unchunked == null ? null : database.get(unchunked, imageId);
        } catch (RocksDBException e) {
            throw new ProcessorStateException("an image state can't be read", e);
        }
    }

    /**
     * Looks in memory first: RocksDB's Java API throws and catches a C++ exception for each {@code get} of an absent key, which
     * costs more than the lookup.
     */
    private byte @Nullable [] get(ColumnFamilyHandle segment, byte[] imageId) throws RocksDBException {
        KeyMayExist inMemory = database.keyMayExist(segment, readOptions, id.rewind(), state.clear());
        return switch (inMemory.exists) {
            case kNotExist -> null;
            case kExistsWithValue ->
                inMemory.valueLength > state.capacity()
                        ? database.get(segment, imageId)
                        : copy(state, inMemory.valueLength);
            case kExistsWithoutValue -> database.get(segment, imageId);
        };
    }

    private static byte[] copy(ByteBuffer from, int length) {
        byte[] copy = new byte[length];
        from.get(0, copy);
        return copy;
    }

    /** The segments, the newest first. Iterating over the map would create three objects for each lookup. */
    private ColumnFamilyHandle[] newestFirst() {
        ColumnFamilyHandle[] all = newestFirst;
        if (all == null) {
            all = segments.descendingMap().values().toArray(ColumnFamilyHandle[]::new);
            newestFirst = all;
        }
        return all;
    }

    /**
     * The column family of the segment for an arrival bucket. It is the newest one, even if a bucket is older because the clock
     * was set back or the width has changed: a lookup must find the version that was written last.
     */
    int segment(long bucketEndMillis) {
        long end = Math.floorDiv(bucketEndMillis + widthMillis - 1, widthMillis) * widthMillis;
        Map.Entry<Long, ColumnFamilyHandle> newest = segments.lastEntry();
        if (newest != null && newest.getKey() >= end) {
            return newest.getValue().getID();
        }
        ColumnFamilyHandle created = create(Long.toString(end).getBytes(UTF_8));
        segments.put(end, created);
        newestFirst = null;
        return created.getID();
    }

    /** The column family of states of an older version. */
    int unchunked() {
        if (unchunked == null) {
            unchunked = create(UNCHUNKED);
        }
        return unchunked.getID();
    }

    int offsets() {
        return offsets.getID();
    }

    byte @Nullable [] offset(byte[] partition) {
        try {
            return database.get(offsets, partition);
        } catch (RocksDBException e) {
            throw new ProcessorStateException("the changelog offset of image states can't be read", e);
        }
    }

    private ColumnFamilyHandle create(byte[] name) {
        try {
            return database.createColumnFamily(new ColumnFamilyDescriptor(name, familyOptions));
        } catch (RocksDBException e) {
            throw new ProcessorStateException("a segment of image states can't be created", e);
        }
    }

    /** Writes a batch atomically. */
    void write(Batch batch) {
        try (WriteBatch all = batch.toWriteBatch()) {
            database.write(unlogged, all);
        } catch (RocksDBException e) {
            throw new ProcessorStateException("image states can't be written", e);
        }
    }

    /** Drops the segments that end at this time or before. */
    void drop(long endMillis) {
        try {
            while (!segments.isEmpty() && segments.firstKey() <= endMillis) {
                newestFirst = null;
                drop(Objects.requireNonNull(segments.pollFirstEntry()).getValue());
            }
        } catch (RocksDBException e) {
            throw new ProcessorStateException("a segment of image states can't be dropped", e);
        }
    }

    private void drop(ColumnFamilyHandle family) throws RocksDBException {
        database.dropColumnFamily(family);
        family.close();
    }

    /** The states of an older version, by image id from this one on, or null if there are none. The caller closes the iterator. */
    @Nullable
    RocksIterator unchunkedFrom(byte[] imageId) {
        if (unchunked == null) {
            return null;
        }
        RocksIterator states = database.newIterator(unchunked);
        states.seek(imageId);
        return states;
    }

    /** An estimate of the number of states. */
    long approximateNumEntries() {
        try {
            long sum = 0;
            for (ColumnFamilyHandle segment : segments.values()) {
                sum += database.getLongProperty(segment, "rocksdb.estimate-num-keys");
            }
            return sum;
        } catch (RocksDBException e) {
            throw new ProcessorStateException("the number of image states can't be read", e);
        }
    }

    /** Writes everything to disk. */
    void flush() {
        List<ColumnFamilyHandle> all = new ArrayList<>(segments.values());
        all.add(offsets);
        if (unchunked != null) {
            all.add(unchunked);
        }
        try (FlushOptions wait = new FlushOptions()) {
            database.flush(wait, all);
        } catch (RocksDBException e) {
            throw new ProcessorStateException("image states can't be written to disk", e);
        }
    }

    @Override
    public void close() {
        segments.values().forEach(ColumnFamilyHandle::close);
        if (unchunked != null) {
            unchunked.close();
        }
        offsets.close();
        database.close();
        unlogged.close();
        readOptions.close();
        familyOptions.close();
        options.close();
        filter.close();
    }
}
