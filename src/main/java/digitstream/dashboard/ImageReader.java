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

/** Reads single images from their topic as PNGs, with a cache. Thread-safe; reads one image at a time. */
final class ImageReader implements AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofSeconds(3);
    private static final Duration POLL = Duration.ofMillis(100);
    private static final int MAX_CACHED = 2_000;
    private static final long MAX_PIXELS = 1 << 20;
    /** A fetch returns more than the one record; this keeps it small. */
    private static final int FETCH_BYTES = 16 << 10;

    private final String topic;
    private final Decoder<DigitImage> decoder;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Map<Place, byte[]> cache = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Place, byte[]> eldest) {
            return size() > MAX_CACHED;
        }
    };

    private record Place(int partition, long offset, String imageId) {}

    /**
     * Opens a reader.
     *
     * @param clients configuration of the Kafka clients
     * @param topic the topic of the images; no other topic is read
     */
    ImageReader(Map<String, String> clients, String topic, Decoder<DigitImage> decoder) {
        this.topic = topic;
        this.decoder = decoder;
        Map<String, Object> settings = new HashMap<>(clients);
        settings.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, FETCH_BYTES);
        settings.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 1);
        settings.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) TIMEOUT.toMillis());
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        // If the offset no longer exists, report that instead of returning another image.
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        settings.remove(ConsumerConfig.GROUP_ID_CONFIG);
        this.consumer = new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /**
     * Returns the image at an offset as a PNG, with light ink on black as in the topic.
     *
     * @param imageId expected id; another image may be at this offset if the topic was recreated
     * @throws org.apache.kafka.common.errors.TimeoutException if the brokers do not respond
     * @return empty if there is no such image: it never existed, was deleted, is malformed, or did not arrive within three seconds
     */
    synchronized Optional<byte[]> png(int partition, long offset, String imageId) {
        Place place = new Place(partition, offset, imageId);
        byte[] known = cache.get(place);
        if (known != null) {
            return Optional.of(known);
        }
        Optional<byte[]> read = read(new TopicPartition(topic, partition), offset)
                .filter(image -> image.getImageId().equals(imageId))
                .flatMap(ImageReader::png);
        read.ifPresent(png -> cache.put(place, png));
        return read;
    }

    private Optional<DigitImage> read(TopicPartition partition, long offset) {
        if (consumer.partitionsFor(topic).stream().noneMatch(known -> known.partition() == partition.partition())) {
            return Optional.empty();
        }
        consumer.assign(List.of(partition));
        consumer.seek(partition, offset);
        long until = System.nanoTime() + TIMEOUT.toNanos();
        try {
            while (System.nanoTime() < until) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    if (record.offset() != offset) {
                        return Optional.empty();
                    }
                    return decoder.decode(record.headers(), record.value()) instanceof Decoded.Value<DigitImage> image
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
                || (long) width * height > MAX_PIXELS
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
