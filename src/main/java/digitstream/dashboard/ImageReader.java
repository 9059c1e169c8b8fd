package digitstream.dashboard;

import digitstream.avro.DigitImage;
import digitstream.common.GreyPng;
import digitstream.serde.Decoded;
import digitstream.serde.Decoder;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Fetches single images from their topic, as pictures; keeps the last ones. Safe for use by several threads, one at a time. */
final class ImageReader implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(3);
    private static final Duration POLL = Duration.ofMillis(100);
    private static final int KEPT = 2_000;
    private static final long MOST_PIXELS = 1 << 20;
    /** A request brings more than the one record; not much more. */
    private static final int FETCH_BYTES = 16 << 10;

    private final String topic;
    private final Decoder<DigitImage> decoder;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Map<Place, byte[]> kept = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Place, byte[]> eldest) {
            return size() > KEPT;
        }
    };

    private record Place(int partition, long offset, String imageId) {}

    /**
     * Opens a reader.
     *
     * @param clients what Kafka's clients need
     * @param topic of the images; no other topic is read, whatever is asked for
     */
    ImageReader(Map<String, String> clients, String topic, Decoder<DigitImage> decoder) {
        this.topic = topic;
        this.decoder = decoder;
        Map<String, Object> settings = new HashMap<>(clients);
        settings.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, FETCH_BYTES);
        settings.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 1);
        settings.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) PATIENCE.toMillis());
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        // What is no longer there is said to be gone, and not some other image shown.
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        settings.remove(ConsumerConfig.GROUP_ID_CONFIG);
        this.consumer = new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /**
     * The image at a place, as a PNG, its ink light on black as it stands in the topic.
     *
     * @param imageId of the image: where another one stands there, as in a topic that was made anew, there is none
     * @throws org.apache.kafka.common.errors.TimeoutException where the brokers do not answer
     * @return empty where there is none: never was, no longer is, is no image, or did not come within three seconds
     */
    synchronized Optional<byte[]> png(int partition, long offset, String imageId) {
        Place place = new Place(partition, offset, imageId);
        byte[] known = kept.get(place);
        if (known != null) {
            return Optional.of(known);
        }
        Optional<byte[]> read = read(new TopicPartition(topic, partition), offset)
                .filter(image -> image.getImageId().equals(imageId))
                .flatMap(ImageReader::png);
        read.ifPresent(png -> kept.put(place, png));
        return read;
    }

    private Optional<DigitImage> read(TopicPartition partition, long offset) {
        if (consumer.partitionsFor(topic).stream().noneMatch(known -> known.partition() == partition.partition())) {
            return Optional.empty();
        }
        consumer.assign(List.of(partition));
        consumer.seek(partition, offset);
        long until = System.nanoTime() + PATIENCE.toNanos();
        try {
            while (System.nanoTime() < until) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    if (record.offset() != offset) {
                        return Optional.empty();
                    }
                    return decoder.decode(record.value()) instanceof Decoded.Value<DigitImage> image
                            ? Optional.of(image.value())
                            : Optional.empty();
                }
            }
        } catch (org.apache.kafka.clients.consumer.InvalidOffsetException gone) {
            return Optional.empty();
        }
        return Optional.empty();
    }

    private static Optional<byte[]> png(DigitImage image) {
        int width = image.getWidth();
        int height = image.getHeight();
        if (width < 1
                || height < 1
                || (long) width * height > MOST_PIXELS
                || image.getPixels().remaining() != width * height) {
            return Optional.empty();
        }
        byte[] pixels = new byte[width * height];
        image.getPixels().duplicate().get(pixels);
        return Optional.of(GreyPng.encode(pixels, width, height));
    }

    @Override
    public synchronized void close() {
        consumer.close();
    }
}
