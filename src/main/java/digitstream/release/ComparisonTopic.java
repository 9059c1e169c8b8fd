package digitstream.release;

import static java.nio.charset.StandardCharsets.UTF_8;

import digitstream.avro.ModelComparison;
import digitstream.client.CommittedReader;
import digitstream.client.CommittedReader.Start;
import digitstream.serde.AvroDecoder;
import digitstream.serde.Decoded;
import digitstream.serde.SchemaRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads {@code digits.comparisons}.
 *
 * @param clients the settings of the Kafka clients, with {@code bootstrap.servers}
 */
public record ComparisonTopic(Map<String, String> clients, SchemaRegistry schemas, String topic) {
    private static final Logger LOG = LoggerFactory.getLogger(ComparisonTopic.class);
    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    private static final Duration POLL = Duration.ofMillis(100);

    /** How far back a search goes: running comparisons are at the end, and the topic has a record a second for 30 days. */
    private static final List<Long> STEPS = List.of(1_000L, 100_000L, Long.MAX_VALUE);

    /**
     * Returns the latest record of each pair that is wanted. Searches the end of the topic first, and all of it only if it finds
     * nothing there.
     *
     * @return by key; empty if there is none
     * @throws org.apache.kafka.common.KafkaException if the brokers do not respond
     * @throws digitstream.serde.RegistryUnavailableException if the schema registry does not
     */
    public Map<String, ModelComparison> latest(Predicate<ModelComparison> wanted) {
        for (long records : STEPS) {
            Map<String, ModelComparison> found = latest(records, wanted);
            if (!found.isEmpty()) {
                return found;
            }
        }
        return Map.of();
    }

    private Map<String, ModelComparison> latest(long records, Predicate<ModelComparison> wanted) {
        Map<String, ModelComparison> found = new TreeMap<>();
        AvroDecoder<ModelComparison> decoder = new AvroDecoder<>(schemas, ModelComparison.class);
        long end = System.nanoTime() + TIMEOUT.toNanos();
        Start start = new Start.Since(Instant.ofEpochMilli(Long.MAX_VALUE), records);
        try (CommittedReader reader = new CommittedReader(clients, Map.of(topic, start))) {
            while (!reader.isCaughtUp()) {
                for (ConsumerRecord<byte[], byte[]> record : reader.poll(POLL)) {
                    put(record, decoder, wanted, found);
                }
                if (System.nanoTime() > end) {
                    throw new TimeoutException(
                            "the topic " + topic + " could not be read within " + TIMEOUT.toSeconds() + " s");
                }
            }
        }
        return found;
    }

    private void put(
            ConsumerRecord<byte[], byte[]> record,
            AvroDecoder<ModelComparison> decoder,
            Predicate<ModelComparison> wanted,
            Map<String, ModelComparison> found) {
        if (record.key() != null
                && decoder.decode(record.headers(), record.value())
                        instanceof Decoded.Value<ModelComparison> comparison) {
            if (wanted.test(comparison.value())) {
                found.put(new String(record.key(), UTF_8), comparison.value());
            }
        } else {
            LOG.warn("{} offset {} is not a comparison", topic, record.offset());
        }
    }
}
