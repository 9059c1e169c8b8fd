package digitstream.release;

import static java.nio.charset.StandardCharsets.UTF_8;

import digitstream.avro.ModelRelease;
import digitstream.client.CommittedReader;
import digitstream.client.KafkaFutures;
import digitstream.common.Excerpt;
import digitstream.serde.AvroDecoder;
import digitstream.serde.AvroSerializer;
import digitstream.serde.Decoded;
import digitstream.serde.SchemaRegistry;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads and writes {@code digits.models}.
 *
 * @param clients the settings of the Kafka clients, with {@code bootstrap.servers}
 */
public record ReleaseTopic(Map<String, String> clients, SchemaRegistry schemas, String topic) {
    private static final Logger LOG = LoggerFactory.getLogger(ReleaseTopic.class);
    private static final int TIMEOUT_MILLIS = 10_000;
    private static final Duration POLL = Duration.ofMillis(100);

    /** Opens a reader that starts with the first record. The caller closes it. */
    public CommittedReader open() {
        return new CommittedReader(clients, List.of(topic), true);
    }

    /**
     * Reads all records that are there.
     *
     * @throws KafkaException if the brokers do not respond
     * @throws digitstream.serde.RegistryUnavailableException if the schema registry does not
     */
    public ReleaseLog read() {
        ReleaseLog log = new ReleaseLog();
        try (CommittedReader reader = open()) {
            read(reader, log);
        }
        return log;
    }

    /** Reads, into a log, what was there when the reader was opened. */
    public void read(CommittedReader reader, ReleaseLog into) {
        long end = System.nanoTime() + Duration.ofMillis(TIMEOUT_MILLIS).toNanos();
        while (!reader.isCaughtUp()) {
            reader.poll(POLL).forEach(record -> add(record, into));
            if (System.nanoTime() > end) {
                throw new TimeoutException(
                        "the topic " + topic + " could not be read within " + TIMEOUT_MILLIS + " ms");
            }
        }
    }

    /**
     * Adds a record to a log. One that is not a release is logged and left out.
     *
     * @throws digitstream.serde.RegistryUnavailableException if the schema registry does not respond
     */
    public void add(ConsumerRecord<byte[], byte[]> record, ReleaseLog log) {
        if (record.key() == null) {
            LOG.warn("{} offset {} is not a release: it has no key", topic, record.offset());
            return;
        }
        String key = new String(record.key(), UTF_8);
        if (record.value() == null) {
            log.add(key, record.offset(), null);
            return;
        }
        Decoded<ModelRelease> decoded =
                new AvroDecoder<>(schemas, ModelRelease.class).decode(record.headers(), record.value());
        if (decoded instanceof Decoded.Malformed<ModelRelease> malformed) {
            LOG.warn("{} offset {} is not a release: {}", topic, record.offset(), malformed.reason());
            return;
        }
        ModelRelease release = ((Decoded.Value<ModelRelease>) decoded).value();
        if (!key.equals(ReleaseLog.key(release))) {
            LOG.warn(
                    "{} offset {} is not a release: its key is {}, but it is of {}",
                    topic,
                    record.offset(),
                    Excerpt.of(key),
                    Excerpt.of(ReleaseLog.key(release)));
            return;
        }
        log.add(key, record.offset(), release);
    }

    /**
     * Writes releases in this order, and waits up to ten seconds until the brokers have acknowledged them.
     *
     * @throws KafkaException if they do not
     */
    public void write(List<ModelRelease> releases) throws InterruptedException {
        AvroSerializer<ModelRelease> serializer = new AvroSerializer<>(schemas, ModelRelease.class);
        Map<String, Object> settings = new HashMap<>(clients);
        settings.put(ProducerConfig.ACKS_CONFIG, "all");
        settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, TIMEOUT_MILLIS);
        settings.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, TIMEOUT_MILLIS / 2);
        settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, TIMEOUT_MILLIS);
        settings.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        try (Producer<byte[], byte[]> producer =
                new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (ModelRelease release : releases) {
                KafkaFutures.get(producer.send(new ProducerRecord<>(
                        topic, ReleaseLog.key(release).getBytes(UTF_8), serializer.serialize(topic, release))));
            }
            producer.close(Duration.ofSeconds(1));
        }
    }
}
