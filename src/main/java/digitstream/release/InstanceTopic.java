package digitstream.release;

import static java.nio.charset.StandardCharsets.UTF_8;

import digitstream.avro.ModelInstance;
import digitstream.client.CommittedReader;
import digitstream.serde.AvroDecoder;
import digitstream.serde.Decoded;
import digitstream.serde.SchemaRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads {@code digits.instances}.
 *
 * @param clients the settings of the Kafka clients, with {@code bootstrap.servers}
 */
public record InstanceTopic(Map<String, String> clients, SchemaRegistry schemas, String topic) {
    private static final Logger LOG = LoggerFactory.getLogger(InstanceTopic.class);
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final Duration POLL = Duration.ofMillis(100);

    /**
     * Returns the latest record of each process that has not said that it has stopped, in the order of their names.
     *
     * @throws org.apache.kafka.common.KafkaException if the brokers do not respond
     * @throws digitstream.serde.RegistryUnavailableException if the schema registry does not
     */
    public List<ModelInstance> read() {
        Map<String, ModelInstance> found = new TreeMap<>();
        AvroDecoder<ModelInstance> decoder = new AvroDecoder<>(schemas, ModelInstance.class);
        long end = System.nanoTime() + TIMEOUT.toNanos();
        try (CommittedReader reader = new CommittedReader(clients, List.of(topic), true)) {
            while (!reader.isCaughtUp()) {
                for (ConsumerRecord<byte[], byte[]> record : reader.poll(POLL)) {
                    if (record.key() != null) {
                        put(record, decoder, found);
                    }
                }
                if (System.nanoTime() > end) {
                    throw new TimeoutException(
                            "the topic " + topic + " could not be read within " + TIMEOUT.toSeconds() + " s");
                }
            }
        }
        return List.copyOf(found.values());
    }

    private void put(
            ConsumerRecord<byte[], byte[]> record,
            AvroDecoder<ModelInstance> decoder,
            Map<String, ModelInstance> found) {
        String key = new String(record.key(), UTF_8);
        if (record.value() == null) {
            found.remove(key);
        } else if (decoder.decode(record.headers(), record.value()) instanceof Decoded.Value<ModelInstance> value) {
            found.put(key, value.value());
        } else {
            LOG.warn("{} offset {} is not the state of a process", topic, record.offset());
        }
    }
}
