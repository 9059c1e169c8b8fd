package digitstream.benchmark.load;

import static java.nio.charset.StandardCharsets.UTF_8;

import digitstream.avro.DigitImage;
import digitstream.client.ProducePlan;
import digitstream.data.LabelledImages;
import digitstream.serde.AvroSerializer;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Sends images on a fixed schedule, whatever becomes of those before. An image that is sent late because the machine is busy keeps
 * the time at which it was due, so that the wait counts. Used by one thread.
 */
public final class OpenLoop implements AutoCloseable {
    private static final long PAUSE_NANOS = 200_000;

    private final Producer<byte[], byte[]> producer;
    private final AvroSerializer<DigitImage> serializer;
    private final LabelledImages images;
    private final String topic;
    private final PredictionTimer timer;
    private final Clock clock;
    private final ProducePlan plan = Backlog.plan(0, false);
    private final int capacity;
    private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
    private int sent;

    public OpenLoop(
            Cluster cluster, LabelledImages images, String topic, PredictionTimer timer, Clock clock, int capacity) {
        this.serializer = new AvroSerializer<>(cluster.schemas(), DigitImage.class);
        this.images = images;
        this.topic = topic;
        this.timer = timer;
        this.clock = clock;
        this.capacity = capacity;
        Map<String, Object> all = new HashMap<>(cluster.clients());
        all.put("acks", "all");
        // Kafka's default. With 1 ms, the sender and the broker spend more time on requests than the images cost.
        all.put("linger.ms", 5);
        all.put("batch.size", 128 << 10);
        this.producer = new KafkaProducer<>(all, new ByteArraySerializer(), new ByteArraySerializer());
    }

    /** Returns how many images were sent. */
    public int sent() {
        return sent;
    }

    /** Sends images at a rate until {@code count} are sent or a stop is requested. */
    public void send(double perSecond, int count, BooleanSupplier stop) {
        int first = sent;
        int end = Math.min(capacity, first + count);
        long start = System.nanoTime();
        // Event times have milliseconds.
        long startMillis = clock.millis();
        while (sent < end && !stop.getAsBoolean()) {
            long now = System.nanoTime();
            long due = Math.min(end, first + 1 + (long) ((now - start) * perSecond / 1e9));
            while (sent < due) {
                long sinceStart = (long) ((sent - first) * 1e9 / perSecond);
                send(start + sinceStart, Instant.ofEpochMilli(startMillis + sinceStart / 1_000_000));
            }
            throwFailure();
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    /** Sends images as fast as they are predicted, for a time: as long as fewer than this many are on their way. */
    public void saturate(Duration time, int maxInFlight, BooleanSupplier stop) {
        long end = System.nanoTime() + time.toNanos();
        while (System.nanoTime() < end && sent < capacity && !stop.getAsBoolean()) {
            int free = Math.min(capacity - sent, maxInFlight - (sent - timer.received()));
            for (int i = 0; i < free; i++) {
                send(System.nanoTime(), clock.instant());
            }
            throwFailure();
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    // The callback gets the same result as the future.
    @SuppressWarnings("FutureReturnValueIgnored")
    private void send(long dueNanos, Instant eventTime) {
        String id = plan.imageId(sent);
        DigitImage image = new DigitImage(
                id, images.width(), images.height(), ByteBuffer.wrap(images.pixels(sent % images.size())), eventTime);
        timer.due(sent, dueNanos);
        sent++;
        byte[] value = serializer.serialize(topic, image);
        producer.send(new ProducerRecord<>(topic, id.getBytes(UTF_8), value), (acknowledged, exception) -> {
            if (exception != null) {
                failure.compareAndSet(null, exception);
            }
        });
    }

    private void throwFailure() {
        Exception exception = failure.get();
        if (exception != null) {
            throw new KafkaException("an image could not be produced: " + exception.getMessage(), exception);
        }
    }

    @Override
    public void close() {
        producer.close();
    }
}
