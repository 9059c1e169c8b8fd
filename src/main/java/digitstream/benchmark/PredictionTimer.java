package digitstream.benchmark;

import digitstream.client.CommittedReader;
import digitstream.common.Causes;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReference;
import org.HdrHistogram.Histogram;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Reads predictions and takes the time from when an image was due to when its prediction could be read. One thread runs it; another
 * says which images are due when, and which of them to record.
 */
final class PredictionTimer implements Runnable, AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(50);
    private static final int DIGITS = 3;

    private final CommittedReader reader;
    private final IdCount ids;
    private final AtomicLongArray dueNanos;
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private final Thread thread = new Thread(this, "prediction-timer");
    private volatile Recording recording = new Recording(0, 0, new Histogram(DIGITS));
    private volatile int received;
    private volatile boolean stopped;

    /** The images whose times are recorded: from one number to another, exclusive; in microseconds. */
    private record Recording(int from, int to, Histogram micros) {}

    /** Opens a reader for at most this many images. {@link #start} starts it. */
    PredictionTimer(Map<String, String> clients, String topic, int capacity) {
        this.reader = new CommittedReader(clients, List.of(topic), true);
        this.ids = new IdCount(capacity);
        this.dueNanos = new AtomicLongArray(capacity);
    }

    void start() {
        thread.start();
    }

    /** Says when an image is due, by {@link System#nanoTime}; before it is sent. */
    void due(int number, long nanos) {
        dueNanos.setRelease(number, nanos);
    }

    /** Records the times of these images from now on, and returns where. Read it once all of them were received. */
    Histogram record(int from, int to) {
        Recording next = new Recording(from, to, new Histogram(DIGITS));
        recording = next;
        return next.micros;
    }

    /**
     * Returns how many different images were received.
     *
     * @throws RuntimeException if reading has failed
     */
    int received() {
        Causes.rethrow(failure.get());
        return received;
    }

    /** Returns why the counts are not exact, or an empty string. Only after {@link #close}. */
    String fault(int sent) {
        return ids.fault(sent);
    }

    @Override
    public void run() {
        try {
            while (!stopped || !reader.isAtEnd()) {
                for (ConsumerRecord<byte[], byte[]> prediction : reader.poll(POLL)) {
                    int number = ids.count(prediction.key());
                    Recording to = recording;
                    if (number >= to.from && number < to.to) {
                        long nanos = System.nanoTime() - dueNanos.getAcquire(number);
                        to.micros.recordValue(Math.max(0, nanos / 1_000));
                    }
                }
                received = ids.distinct();
            }
        } catch (RuntimeException | Error e) {
            failure.set(e);
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
