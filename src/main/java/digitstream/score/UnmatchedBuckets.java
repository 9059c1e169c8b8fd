package digitstream.score;

import digitstream.accuracy.ModelVersion;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * The unmatched predictions and labels of a partition, by arrival bucket, in a logged store. When a bucket expires, they become
 * expired and orphaned all at once, so that no state needs to be read in order to expire.
 *
 * <p>The store has one entry for each bucket, with its labels and its number of chunks of states; one for each bucket and model
 * version, with the number of predictions by time bucket; and one with the time up to which all buckets have expired.
 */
final class UnmatchedBuckets {
    private static final byte EXPIRED_TO = 0;
    private static final byte BUCKET = 1;
    private static final byte PREDICTIONS = 2;

    private final KeyValueStore<byte[], byte[]> stored;
    private final NavigableMap<Long, Bucket> buckets = new TreeMap<>();
    private final Set<Entry> changed = new LinkedHashSet<>();
    private long expiredToMillis = Long.MIN_VALUE;

    /** What is unmatched of the images of an arrival bucket, and in how many chunks the states are that were written in it. */
    private static final class Bucket {
        private final Map<ModelVersion, Map<Long, Long>> predictions = new HashMap<>();
        private long labels;
        private int chunks;
    }

    /** A changed entry: of a bucket, or of a bucket and a model version. */
    private record Entry(long endMillis, ModelVersion model) {}

    /** Receives what has expired. */
    interface Expiry {
        void predictions(ModelVersion model, long bucketStartMillis, long expired);

        void labels(long orphaned);

        void chunks(long bucketEndMillis, int count);
    }

    /** Reads what is stored. */
    UnmatchedBuckets(KeyValueStore<byte[], byte[]> stored) {
        this.stored = stored;
        try (KeyValueIterator<byte[], byte[]> all = stored.all()) {
            while (all.hasNext()) {
                KeyValue<byte[], byte[]> entry = all.next();
                restore(entry.key, entry.value);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("an entry of unmatched counts is truncated", e);
        }
    }

    private void restore(byte[] key, byte[] value) throws IOException {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(key));
        DataInputStream content = new DataInputStream(new ByteArrayInputStream(value));
        switch (in.readByte()) {
            case EXPIRED_TO -> expiredToMillis = content.readLong();
            case BUCKET -> {
                Bucket bucket = bucket(in.readLong());
                bucket.labels = content.readLong();
                bucket.chunks = content.readInt();
            }
            default -> {
                Map<Long, Long> predictions = bucket(in.readLong())
                        .predictions
                        .computeIfAbsent(new ModelVersion(in.readUTF(), in.readUTF()), ignored -> new HashMap<>());
                while (content.available() > 0) {
                    predictions.put(content.readLong(), content.readLong());
                }
            }
        }
    }

    /** Buckets that end at this time or before have expired. */
    long expiredToMillis() {
        return expiredToMillis;
    }

    void add(UnmatchedCounts changes) {
        changes.forEach(
                (key, more) -> {
                    bucket(key.arrivalEndMillis())
                            .predictions
                            .computeIfAbsent(key.model(), ignored -> new HashMap<>())
                            .merge(key.bucketStartMillis(), more, UnmatchedBuckets::sum);
                    changed.add(new Entry(key.arrivalEndMillis(), key.model()));
                },
                (arrivalEndMillis, more) -> {
                    bucket(arrivalEndMillis).labels += more;
                    changed.add(new Entry(arrivalEndMillis, CountsKey.LABELS));
                });
    }

    /** Null, which removes the entry, if nothing is left. */
    @SuppressWarnings("NullAway")
    private static Long sum(Long a, Long b) {
        return a + b == 0 ? null : a + b;
    }

    /** The number for the next chunk of states that is written in a bucket. */
    int nextChunk(long endMillis) {
        changed.add(new Entry(endMillis, CountsKey.LABELS));
        return bucket(endMillis).chunks++;
    }

    private Bucket bucket(long endMillis) {
        return buckets.computeIfAbsent(endMillis, ignored -> new Bucket());
    }

    boolean hasExpired(long toMillis) {
        return !buckets.isEmpty() && buckets.firstKey() <= toMillis;
    }

    /** Removes the buckets that end at a time or before. */
    void expire(long toMillis, Expiry expiry) {
        write();
        NavigableMap<Long, Bucket> expired = buckets.headMap(toMillis, true);
        expired.forEach((end, bucket) -> {
            bucket.predictions.forEach((model, predictions) -> {
                predictions.forEach((start, count) -> expiry.predictions(model, start, count));
                stored.delete(key(new Entry(end, model)));
            });
            if (bucket.labels != 0) {
                expiry.labels(bucket.labels);
            }
            expiry.chunks(end, bucket.chunks);
            stored.delete(key(new Entry(end, CountsKey.LABELS)));
        });
        expired.clear();
        expiredToMillis = Math.max(expiredToMillis, toMillis);
        stored.put(new byte[] {EXPIRED_TO}, bytes(out -> out.writeLong(expiredToMillis)));
    }

    /** Forgets the predictions of a model version that is no longer counted. */
    void forget(ModelVersion model) {
        buckets.forEach((end, bucket) -> {
            if (bucket.predictions.remove(model) != null) {
                changed.add(new Entry(end, model));
            }
        });
    }

    /** Stores what has changed. */
    void write() {
        for (Entry entry : changed) {
            Bucket bucket = buckets.get(entry.endMillis);
            Map<Long, Long> predictions = bucket == null ? null : bucket.predictions.get(entry.model);
            if (bucket != null && entry.model.equals(CountsKey.LABELS)) {
                stored.put(key(entry), bytes(out -> {
                    out.writeLong(bucket.labels);
                    out.writeInt(bucket.chunks);
                }));
            } else if (predictions == null || predictions.isEmpty()) {
                stored.delete(key(entry));
            } else {
                stored.put(key(entry), bytes(out -> {
                    for (Map.Entry<Long, Long> count : predictions.entrySet()) {
                        out.writeLong(count.getKey());
                        out.writeLong(count.getValue());
                    }
                }));
            }
        }
        changed.clear();
    }

    private static byte[] key(Entry entry) {
        return bytes(out -> {
            out.writeByte(entry.model.equals(CountsKey.LABELS) ? BUCKET : PREDICTIONS);
            out.writeLong(entry.endMillis);
            if (!entry.model.equals(CountsKey.LABELS)) {
                out.writeUTF(entry.model.name());
                out.writeUTF(entry.model.version());
            }
        });
    }

    /** Writes to a stream in memory. */
    private interface Writing {
        void to(DataOutputStream out) throws IOException;
    }

    private static byte[] bytes(Writing writing) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            writing.to(out);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        return bytes.toByteArray();
    }
}
