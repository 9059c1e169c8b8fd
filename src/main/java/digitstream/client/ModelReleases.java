package digitstream.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import digitstream.avro.ModelRelease;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serializer;

/** Tells who watches which model has been put to work, and what to compare its stream with. */
public final class ModelReleases {
    private static final int PATIENCE_MILLIS = 10_000;

    private ModelReleases() {}

    /**
     * Writes a release, and waits until the brokers have it, ten seconds at most.
     *
     * @param clients Kafka's settings, with where the brokers are
     * @throws KafkaException where the brokers do not take it
     */
    public static void announce(
            Map<String, String> clients, Serializer<ModelRelease> serializer, String topic, ModelRelease release)
            throws InterruptedException {
        Map<String, Object> settings = new HashMap<>(clients);
        settings.put(ProducerConfig.ACKS_CONFIG, "all");
        settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, PATIENCE_MILLIS);
        settings.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, PATIENCE_MILLIS / 2);
        settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, PATIENCE_MILLIS);
        settings.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        String key = release.getModelName() + "/" + release.getModelVersion();
        try (Producer<byte[], byte[]> producer =
                new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            KafkaFutures.get(producer.send(
                    new ProducerRecord<>(topic, key.getBytes(UTF_8), serializer.serialize(topic, release))));
            producer.close(Duration.ofSeconds(1));
        }
    }
}
