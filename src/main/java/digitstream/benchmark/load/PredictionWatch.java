package digitstream.benchmark.load;

import digitstream.client.CommittedReader;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Counts predictions by image id. */
public final class PredictionWatch implements Watch {
    /** The share of the images after which the time is taken. */
    private static final double WARM_UP = 0.4;

    private final CommittedReader reader;
    private final IdCount ids;
    private final int warmUp;
    private int startCount;
    private long startNanos;
    private long endNanos;

    public PredictionWatch(Map<String, String> clients, String topic, int images) {
        this.reader = new CommittedReader(clients, List.of(topic), true);
        this.ids = new IdCount(images);
        this.warmUp = (int) Math.ceil(images * WARM_UP);
    }

    @Override
    public void poll(Duration timeout) {
        for (ConsumerRecord<byte[], byte[]> prediction : reader.poll(timeout)) {
            ids.count(prediction.key());
        }
        long now = System.nanoTime();
        if (startNanos == 0 && ids.distinct() >= warmUp) {
            startNanos = now;
            startCount = ids.distinct();
        }
        if (endNanos == 0 && ids.isComplete()) {
            endNanos = now;
        }
    }

    @Override
    public long progress() {
        return ids.distinct();
    }

    @Override
    public boolean isComplete() {
        return ids.isComplete();
    }

    @Override
    public boolean isAtEnd() {
        return reader.isAtEnd();
    }

    @Override
    public String fault() {
        return ids.fault();
    }

    @Override
    public double perSecond() {
        return (ids.distinct() - startCount) * 1e9 / Math.max(1, endNanos - startNanos);
    }

    @Override
    public void close() {
        reader.close();
    }
}
