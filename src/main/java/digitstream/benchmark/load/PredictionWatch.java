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
    private final Stretches stretches;

    public PredictionWatch(Map<String, String> clients, String topic, int images) {
        this(clients, topic, List.of(images));
    }

    /**
     * Opens a watch that also takes the throughput between counts.
     *
     * @param marks the counts, in order; the last one is that of all images
     */
    public PredictionWatch(Map<String, String> clients, String topic, List<Integer> marks) {
        this.reader = new CommittedReader(clients, List.of(topic), true);
        this.ids = new IdCount(marks.get(marks.size() - 1));
        this.stretches = new Stretches((int) Math.ceil(marks.get(0) * WARM_UP), marks);
    }

    @Override
    public void poll(Duration timeout) {
        for (ConsumerRecord<byte[], byte[]> prediction : reader.poll(timeout)) {
            ids.count(prediction.key());
        }
        stretches.count(ids.distinct(), System.nanoTime());
    }

    /** Returns the throughput up to each mark since the one before, or since the end of the warm-up. */
    public List<Double> perSecondByMark() {
        return stretches.perSecond();
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
        return stretches.perSecondOverall();
    }

    @Override
    public void close() {
        reader.close();
    }
}
