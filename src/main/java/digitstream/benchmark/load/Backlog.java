package digitstream.benchmark.load;

import digitstream.avro.DigitImage;
import digitstream.avro.DigitLabel;
import digitstream.client.DigitProducer;
import digitstream.client.ProducePlan;
import digitstream.data.LabelledImages;
import digitstream.serde.AvroSerializer;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** The images and labels that every row reads, produced once. */
public final class Backlog {
    /** The images of most rows. */
    public static final String IMAGES = Cluster.topic("images");

    /** The labels of the images. */
    public static final String LABELS = Cluster.topic("labels");

    /** Fewer images, for what is much slower than the rest. */
    public static final String FEW_IMAGES = Cluster.topic("few-images");

    private static final String ID_PREFIX = "bench-";

    /** Uncompressed, so that every row reads the same bytes, and none pays for unpacking what another packed. */
    private static final String COMPRESSION = "none";

    private Backlog() {}

    /**
     * Produces images, their labels, or both.
     *
     * @param images repeated in a loop
     * @param count how many to produce; the ids go from 0
     * @param stop polled; returns true to stop early
     */
    public static void produce(
            Cluster cluster,
            LabelledImages images,
            String imagesTopic,
            boolean withLabels,
            int count,
            BooleanSupplier stop) {
        try (Producer<byte[], byte[]> producer = producer(cluster, COMPRESSION)) {
            new DigitProducer(
                            producer,
                            new AvroSerializer<>(cluster.schemas(), DigitImage.class),
                            new AvroSerializer<>(cluster.schemas(), DigitLabel.class),
                            imagesTopic,
                            LABELS,
                            images,
                            plan(count, withLabels),
                            Clock.systemUTC())
                    .run(stop, () -> false);
        }
    }

    /** Returns a plan without a limit of the rate. */
    public static ProducePlan plan(int count, boolean withLabels) {
        return new ProducePlan(true, withLabels, Double.POSITIVE_INFINITY, count, Duration.ZERO, 0, ID_PREFIX);
    }

    static Producer<byte[], byte[]> producer(Cluster cluster, String compression) {
        Map<String, Object> all = new HashMap<>(cluster.clients());
        all.put("acks", "all");
        all.put("linger.ms", 5);
        all.put("batch.size", 128 << 10);
        all.put("compression.type", compression);
        return new KafkaProducer<>(all, new ByteArraySerializer(), new ByteArraySerializer());
    }
}
