package digitstream.flink;

import java.util.List;
import java.util.Optional;
import org.apache.flink.connector.kafka.lineage.DefaultKafkaDatasetFacet;
import org.apache.flink.connector.kafka.lineage.DefaultKafkaDatasetIdentifier;
import org.apache.flink.connector.kafka.lineage.KafkaDatasetFacet;
import org.apache.flink.connector.kafka.lineage.KafkaDatasetFacetProvider;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Makes records for the topic of predictions, with the timestamps of their images.
 *
 * <p>A class, not the connector's builder, which finds no types in lambdas. The sink asks a facet for the topic in order to find
 * the transactions that an earlier run left there.
 */
record PredictionRecords(String topic)
        implements KafkaRecordSerializationSchema<EncodedPrediction>, KafkaDatasetFacetProvider {
    // Kafka's own partitioner chooses the partition if it is null.
    @SuppressWarnings("NullAway")
    @Override
    public ProducerRecord<byte[], byte[]> serialize(
            EncodedPrediction prediction, KafkaSinkContext context, Long timestamp) {
        return new ProducerRecord<>(topic, null, timestamp, prediction.key(), prediction.value());
    }

    @Override
    public Optional<KafkaDatasetFacet> getKafkaDatasetFacet() {
        return Optional.of(new DefaultKafkaDatasetFacet(DefaultKafkaDatasetIdentifier.ofTopics(List.of(topic))));
    }
}
