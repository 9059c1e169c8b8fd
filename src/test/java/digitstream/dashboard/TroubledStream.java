package digitstream.dashboard;

import static java.nio.charset.StandardCharsets.UTF_8;

import digitstream.avro.DigitImage;
import digitstream.avro.DigitLabel;
import digitstream.common.Digits;
import digitstream.data.LabelledImages;
import digitstream.serde.AvroSerializer;
import digitstream.settings.Topics;
import digitstream.testing.Environment;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Produces images and their labels at a steady rate, and makes trouble on request. */
final class TroubledStream implements AutoCloseable {
    private static final int PER_SECOND = 400;
    private static final int TICKS_PER_SECOND = 20;

    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
    private final Random random = new Random(15);
    private final Producer<byte[], byte[]> producer;
    private final AvroSerializer<DigitImage> imageSerializer;
    private final AvroSerializer<DigitLabel> labelSerializer;
    private final Topics topics;
    private final LabelledImages images;
    private int sent;

    /** Whether the labels are for images that do not exist; at first, so that no label gets through. */
    volatile boolean misdirected = true;

    volatile boolean noisy;
    volatile boolean labelled = true;
    volatile boolean junk;
    volatile int labelShift;

    TroubledStream(Environment environment, Topics topics) {
        this.producer = environment.producer();
        this.imageSerializer = new AvroSerializer<>(environment.schemas(), DigitImage.class);
        this.labelSerializer = new AvroSerializer<>(environment.schemas(), DigitLabel.class);
        this.topics = topics;
        this.images = environment.digits().test();
        var unused = clock.scheduleAtFixedRate(this::send, 0, 1_000 / TICKS_PER_SECOND, TimeUnit.MILLISECONDS);
    }

    private void send() {
        for (int i = 0; i < PER_SECOND / TICKS_PER_SECOND; i++) {
            int index = sent++ % images.size();
            String id = "trouble-" + sent;
            Instant now = Instant.now();
            byte[] pixels = images.pixels(index);
            if (noisy) {
                random.nextBytes(pixels);
            }
            send(
                    topics.images(),
                    id,
                    imageSerializer.serialize(
                            topics.images(),
                            new DigitImage(id, images.width(), images.height(), ByteBuffer.wrap(pixels), now)));
            if (labelled) {
                int label = (images.label(index) + labelShift) % Digits.CLASSES;
                String of = misdirected ? "other-" + id : id;
                send(topics.labels(), of, labelSerializer.serialize(topics.labels(), new DigitLabel(of, label, now)));
            }
        }
        if (junk) {
            send(topics.images(), "junk", "not Avro".getBytes(UTF_8));
        }
    }

    // The tests count what becomes of the records.
    @SuppressWarnings("FutureReturnValueIgnored")
    private void send(String topic, String key, byte[] value) {
        producer.send(new ProducerRecord<>(topic, key.getBytes(UTF_8), value));
    }

    @Override
    public void close() {
        clock.shutdownNow();
        producer.close();
    }
}
