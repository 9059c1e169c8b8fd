package digitstream.testing;

import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerInterceptor;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/**
 * Makes the creation of consumers fail on demand, so that Kafka Streams can't replace a stream thread. A broker whose name no
 * longer resolves has the same effect.
 */
public final class RefusedConsumers implements ConsumerInterceptor<byte[], byte[]> {
    /** Kafka Streams settings that install this interceptor. */
    public static final Map<String, String> ADMISSION =
            Map.of("main.consumer.interceptor.classes", RefusedConsumers.class.getName());

    private static volatile boolean refusing;

    /** Starts or stops rejecting new consumers, in all topologies with {@link #ADMISSION}. */
    public static void refuse(boolean refused) {
        refusing = refused;
    }

    @Override
    public void configure(Map<String, ?> settings) {
        if (refusing) {
            throw new KafkaException("new consumers are rejected by a test");
        }
    }

    @Override
    public ConsumerRecords<byte[], byte[]> onConsume(ConsumerRecords<byte[], byte[]> records) {
        return records;
    }

    @Override
    public void onCommit(Map<TopicPartition, OffsetAndMetadata> offsets) {}

    @Override
    public void close() {}
}
