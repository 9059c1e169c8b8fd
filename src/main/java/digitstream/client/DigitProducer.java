package digitstream.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import digitstream.avro.DigitImage;
import digitstream.avro.DigitLabel;
import digitstream.data.LabelledImages;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;

/**
 * Produces images at a fixed rate, and the label of each after a delay. After the last image of the data set it starts over with
 * the first, under a new id. One thread runs it; other threads may read the counts.
 */
public final class DigitProducer {
    private static final int MAX_BURST = 200;
    private static final long MAX_PAUSE_NANOS = 5_000_000;

    private final Producer<byte[], byte[]> producer;
    private final Serializer<DigitImage> imageSerializer;
    private final Serializer<DigitLabel> labelSerializer;
    private final String imagesTopic;
    private final String labelsTopic;
    private final LabelledImages images;
    private final ProducePlan plan;
    private final Clock clock;

    private final SplittableRandom random;
    private final PriorityQueue<DueLabel> dueLabels = new PriorityQueue<>();
    private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
    private volatile long imagesSent;
    private volatile long labelsSent;

    private record DueLabel(long dueNanos, long number) implements Comparable<DueLabel> {
        @Override
        public int compareTo(DueLabel other) {
            return Long.compare(dueNanos, other.dueNanos);
        }
    }

    /**
     * Creates a producer; {@link #run} starts it.
     *
     * @param producer not closed by this class
     * @param images the images to produce, in a loop
     */
    public DigitProducer(
            Producer<byte[], byte[]> producer,
            Serializer<DigitImage> imageSerializer,
            Serializer<DigitLabel> labelSerializer,
            String imagesTopic,
            String labelsTopic,
            LabelledImages images,
            ProducePlan plan,
            Clock clock) {
        this.producer = producer;
        this.imageSerializer = imageSerializer;
        this.labelSerializer = labelSerializer;
        this.imagesTopic = imagesTopic;
        this.labelsTopic = labelsTopic;
        this.images = images;
        this.plan = plan;
        this.clock = clock;
        this.random = new SplittableRandom(plan.seed());
    }

    /** Returns the number of images sent so far or, if the plan has labels only, of images whose labels were scheduled. */
    public long imagesSent() {
        return imagesSent;
    }

    public long labelsSent() {
        return labelsSent;
    }

    /**
     * Produces until the limit is reached or a stop is requested. Then sends the pending labels, without their delays in case of
     * a stop, and waits until the broker has acknowledged every record.
     *
     * @param stop polled; returns true to stop
     * @param hold polled; returns true to pause the images
     * @throws KafkaException if the broker rejected a record
     */
    public void run(BooleanSupplier stop, BooleanSupplier hold) {
        long start = System.nanoTime();
        while (!stop.getAsBoolean() && imagesSent < plan.limit()) {
            long now = System.nanoTime();
            sendLabels(now);
            long due = hold.getAsBoolean() ? 0 : Math.min(MAX_BURST, due(now - start));
            for (long i = 0; i < due; i++) {
                sendImage(imagesSent);
            }
            if (due == 0) {
                LockSupport.parkNanos(pause(now, start));
            }
            throwFailure();
        }
        while (!dueLabels.isEmpty()) {
            sendLabels(stop.getAsBoolean() ? Long.MAX_VALUE : System.nanoTime());
            LockSupport.parkNanos(dueLabels.isEmpty() ? 0 : MAX_PAUSE_NANOS);
            throwFailure();
        }
        producer.flush();
        throwFailure();
    }

    /** Returns how many images should have been sent by now but were not. */
    private long due(long elapsedNanos) {
        double byNow = plan.imagesPerSecond() * elapsedNanos / 1e9 + 1;
        return Math.min((long) byNow - imagesSent, plan.limit() - imagesSent);
    }

    private long pause(long now, long start) {
        double nextImage = (double) (start - now) + (double) imagesSent * (1e9 / plan.imagesPerSecond());
        DueLabel label = dueLabels.peek();
        double nextLabel = label == null ? MAX_PAUSE_NANOS : (double) (label.dueNanos - now);
        return (long) Math.max(50_000, Math.min(MAX_PAUSE_NANOS, Math.min(nextImage, nextLabel)));
    }

    private void sendImage(long number) {
        int index = (int) (number % images.size());
        if (plan.images()) {
            DigitImage image = new DigitImage(
                    plan.imageId(number),
                    images.width(),
                    images.height(),
                    ByteBuffer.wrap(images.pixels(index)),
                    clock.instant());
            send(imagesTopic, image.getImageId(), imageSerializer.serialize(imagesTopic, image));
        }
        if (plan.labels()) {
            long delay = plan.labelDelay().isZero()
                    ? 0
                    : random.nextLong(plan.labelDelay().toNanos());
            dueLabels.add(new DueLabel(System.nanoTime() + delay, number));
        }
        imagesSent = number + 1;
    }

    private void sendLabels(long now) {
        long sent = labelsSent;
        for (DueLabel next = dueLabels.peek(); next != null && next.dueNanos <= now; next = dueLabels.peek()) {
            dueLabels.remove();
            DigitLabel label = new DigitLabel(
                    plan.imageId(next.number), images.label((int) (next.number % images.size())), clock.instant());
            send(labelsTopic, label.getImageId(), labelSerializer.serialize(labelsTopic, label));
            sent++;
            labelsSent = sent;
        }
    }

    // The callback gets the same result as the future.
    @SuppressWarnings("FutureReturnValueIgnored")
    private void send(String topic, String imageId, byte[] value) {
        producer.send(new ProducerRecord<>(topic, imageId.getBytes(UTF_8), value), (acknowledged, exception) -> {
            if (exception != null) {
                failure.compareAndSet(null, exception);
            }
        });
    }

    private void throwFailure() {
        Exception exception = failure.get();
        if (exception != null) {
            throw new KafkaException("a record could not be produced: " + exception.getMessage(), exception);
        }
    }
}
