package digitstream.benchmark.load;

import digitstream.avro.Prediction;
import digitstream.client.CommittedReader;
import digitstream.common.Causes;
import digitstream.serde.AvroDecoder;
import digitstream.serde.Decoded;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReference;
import org.HdrHistogram.Histogram;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Reads predictions and takes the time from when an image was due to when its prediction could be read. One thread runs it; another
 * says which images are due when, and which of them to record.
 */
public final class PredictionTimer implements Runnable, AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(50);
    private static final int DIGITS = 3;

    private final CommittedReader reader;
    private final AvroDecoder<Prediction> decoder;
    private final IdCount ids;
    private final AtomicLongArray dueNanos;
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private final Thread thread = new Thread(this, "prediction-timer");
    private volatile Recording recording =
            new Recording(0, 0, false, new Times(new Histogram(DIGITS), new Histogram(DIGITS)));
    private volatile int received;
    private volatile boolean stopped;

    /**
     * Times since images were due, in microseconds.
     *
     * @param readable until their predictions could be read
     * @param classified until they were classified, which has milliseconds in a prediction; empty unless asked for
     */
    public record Times(Histogram readable, Histogram classified) {}

    /** The images whose times are recorded: from one number to another, exclusive. */
    private record Recording(int from, int to, boolean decodes, Times times) {}

    /** Opens a reader for at most this many images. {@link #start} starts it. */
    public PredictionTimer(Cluster cluster, String topic, int capacity) {
        this.reader = new CommittedReader(cluster.clients(), List.of(topic), true);
        this.decoder = new AvroDecoder<>(cluster.schemas(), Prediction.class);
        this.ids = new IdCount(capacity);
        this.dueNanos = new AtomicLongArray(capacity);
    }

    public void start() {
        thread.start();
    }

    /** Says when an image is due, by {@link System#nanoTime}; before it is sent. */
    public void due(int number, long nanos) {
        dueNanos.setRelease(number, nanos);
    }

    /**
     * Records the times of these images from now on, and returns where. Read it once all of them were received.
     *
     * @param decodes whether to decode the predictions, for the times until images were classified
     */
    public Times record(int from, int to, boolean decodes) {
        Recording next = new Recording(from, to, decodes, new Times(new Histogram(DIGITS), new Histogram(DIGITS)));
        recording = next;
        return next.times;
    }

    /**
     * Returns how many different images were received.
     *
     * @throws RuntimeException if reading has failed
     */
    public int received() {
        Causes.rethrow(failure.get());
        return received;
    }

    /** Returns why the counts are not exact, or an empty string. Only after {@link #close}. */
    public String fault(int sent) {
        return ids.fault(sent);
    }

    @Override
    public void run() {
        try {
            while (!stopped || !reader.isAtEnd()) {
                for (ConsumerRecord<byte[], byte[]> prediction : reader.poll(POLL)) {
                    record(prediction);
                }
                received = ids.distinct();
            }
        } catch (RuntimeException | Error e) {
            failure.set(e);
        }
    }

    private void record(ConsumerRecord<byte[], byte[]> prediction) {
        int number = ids.count(prediction.key());
        Recording to = recording;
        if (number < to.from || number >= to.to) {
            return;
        }
        long nanos = System.nanoTime() - dueNanos.getAcquire(number);
        to.times.readable.recordValue(Math.max(0, nanos / 1_000));
        if (to.decodes
                && decoder.decode(prediction.headers(), prediction.value())
                        instanceof Decoded.Value<Prediction> decoded) {
            Duration wait = Duration.between(
                    decoded.value().getEventTime(), decoded.value().getPredictedAt());
            to.times.classified.recordValue(Math.max(0, wait.toMillis() * 1_000));
        }
    }

    /** Reads what is committed by now, and stops. */
    @Override
    public void close() {
        stopped = true;
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        reader.close();
    }
}
