package digitstream.testing;

import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerInterceptor;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/** Keeps Kafka Streams from making new stream threads, as a broker whose name can't be resolved any more does. */
public final class RefusedConsumers implements ConsumerInterceptor<byte[], byte[]> {
    /** Settings of Kafka Streams by which new consumers are refused when they are to be. */
    public static final Map<String, String> ADMISSION =
            Map.of("main.consumer.interceptor.classes", RefusedConsumers.class.getName());

    private static volatile boolean refusing;

    /** Refuses new consumers of all topologies with those settings, or makes them possible again. */
    public static void refuse(boolean refused) {
        refusing = refused;
    }

    @Override
    public void configure(Map<String, ?> settings) {
        if (refusing) {
            throw new KafkaException("no more consumers");
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
