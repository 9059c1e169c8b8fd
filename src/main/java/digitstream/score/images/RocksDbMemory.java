package digitstream.score.images;

import org.rocksdb.Cache;
import org.rocksdb.DBOptions;
import org.rocksdb.LRUCache;
import org.rocksdb.RocksDB;
import org.rocksdb.WriteBufferManager;

/** The memory that all RocksDB databases of the process share: write buffers and cached blocks. Indexes and filters come on top. */
final class RocksDbMemory {
    private static final long TOTAL_BYTES = 128L << 20;
    private static final long WRITE_BUFFERS_BYTES = 48L << 20;

    static {
        RocksDB.loadLibrary();
    }

    private static final Cache CACHE = new LRUCache(TOTAL_BYTES);
    private static final WriteBufferManager WRITE_BUFFERS = new WriteBufferManager(WRITE_BUFFERS_BYTES, CACHE);

    private RocksDbMemory() {}

    static Cache cache() {
        return CACHE;
    }

    /** Options with the shared write buffers. The caller closes them. */
    static DBOptions options() {
        return new DBOptions()
                .setCreateIfMissing(true)
                .setCreateMissingColumnFamilies(true)
                .setWriteBufferManager(WRITE_BUFFERS)
                // A thread of RocksDB would write statistics to a log at random moments, and has been seen to crash
                // when
                // the process exited at that moment.
                .setStatsDumpPeriodSec(0)
                .setStatsPersistPeriodSec(0)
                .setKeepLogFileNum(1);
    }
}
