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

/** Announces the model that a process serves, with the baseline to compare its predictions with. */
public final class ModelReleases {
    private static final int TIMEOUT_MILLIS = 10_000;

    private ModelReleases() {}

    /**
     * Produces a release, and waits up to ten seconds until the brokers have acknowledged it.
     *
     * @param clients the settings of the producer, with {@code bootstrap.servers}
     * @throws KafkaException if the brokers do not acknowledge it
     */
    public static void announce(
            Map<String, String> clients, Serializer<ModelRelease> serializer, String topic, ModelRelease release)
            throws InterruptedException {
        Map<String, Object> settings = new HashMap<>(clients);
        settings.put(ProducerConfig.ACKS_CONFIG, "all");
        settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, TIMEOUT_MILLIS);
        settings.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, TIMEOUT_MILLIS / 2);
        settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, TIMEOUT_MILLIS);
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
