package digitstream.benchmark.load;

import digitstream.avro.Accuracy;
import digitstream.client.CommittedReader;
import digitstream.serde.AvroDecoder;
import digitstream.serde.Decoded;
import digitstream.settings.ScoreSettings;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Watches the published counts of scored images. They come once a second, so the throughput is that between two of them, by the time
 * at which they were computed: the first with a tenth of the images, and the last that has not all of them, unless that is too early.
 */
public final class ScoreWatch implements Watch {
    /** The share of the images that the first count must have. */
    private static final double EARLY = 0.1;

    /** The share of the images that the second count must have. */
    private static final double LATE = 0.6;

    private final CommittedReader reader;
    private final AvroDecoder<Accuracy> decoder;
    private final int images;
    private final int repeated;
    private final long openedMillis = System.currentTimeMillis();
    private Point start = new Point(0, 0);
    private Point last = new Point(0, 0);
    private Point end = new Point(0, 0);
    private long predicted;
    private long duplicates;
    private long unreadable;

    private record Point(long scored, long millis) {}

    public ScoreWatch(Cluster cluster, String topic, int images) {
        this(cluster, topic, images, 0);
    }

    /**
     * Opens a watch.
     *
     * @param repeated how many predictions come a second time, and must be counted as duplicates
     */
    public ScoreWatch(Cluster cluster, String topic, int images, int repeated) {
        this.repeated = repeated;
        this.reader = new CommittedReader(cluster.clients(), List.of(topic), true);
        this.decoder = new AvroDecoder<>(cluster.schemas(), Accuracy.class);
        this.images = images;
    }

    @Override
    public void poll(Duration timeout) {
        for (ConsumerRecord<byte[], byte[]> record : reader.poll(timeout)) {
            if (decoder.decode(record.headers(), record.value()) instanceof Decoded.Value<Accuracy> accuracy) {
                count(accuracy.value());
            } else {
                unreadable++;
            }
        }
    }

    private void count(Accuracy accuracy) {
        if (!accuracy.getWindow().equals(ScoreSettings.SINCE_START)) {
            return;
        }
        predicted = accuracy.getPredicted();
        duplicates = accuracy.getDuplicates();
        last = new Point(accuracy.getLabelled(), accuracy.getComputedAt().toEpochMilli());
        if (start.millis == 0 && last.scored >= images * EARLY) {
            start = last;
        }
        if (last.scored < images || end.scored < images * LATE) {
            end = last;
        }
    }

    @Override
    public long progress() {
        return last.scored + predicted + duplicates;
    }

    @Override
    public boolean isComplete() {
        return last.scored >= images && predicted >= images && duplicates >= repeated;
    }

    @Override
    public boolean isAtEnd() {
        return reader.isAtEnd();
    }

    @Override
    public String fault() {
        boolean exact = last.scored == images && predicted == images && duplicates == repeated && unreadable == 0;
        return exact
                ? ""
                : String.format(
                        Locale.ROOT,
                        "%,d images predicted and %,d scored of %,d, %,d duplicates of %,d, %,d unreadable records",
                        predicted,
                        last.scored,
                        images,
                        duplicates,
                        repeated,
                        unreadable);
    }

    @Override
    public double perSecond() {
        // With few images, the first count may be late, or have all of them.
        Point to = end.millis > start.millis ? end : last;
        Point from = to.millis > start.millis ? start : new Point(0, openedMillis);
        return (to.scored - from.scored) * 1e3 / Math.max(1, to.millis - from.millis);
    }

    @Override
    public void close() {
        reader.close();
    }
}
