package digitstream.flink;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.WebOptions;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.sink.TransactionNamingStrategy;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.KafkaSourceOptions;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.core.execution.CheckpointingMode;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetResetStrategy;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The job: reads images, classifies them in batches, and writes the predictions in the transactions of its checkpoints. Exactly
 * once holds within a run. A run starts from the group's offsets, which Flink commits after its checkpoints, and not from an
 * earlier run's checkpoint.
 *
 * @param model the folder of the artifact
 * @param threads the parallelism: tasks, each with a fetcher, a task thread and a producer
 * @param batch images per batch, at most
 * @param group the consumer group, also the prefix of the transactional ids
 * @param temporary a folder for Flink's temporary files, of which a process that is stopped leaves 40 MB
 */
record ClassificationJob(
        String bootstrapServer,
        String schemaRegistry,
        String images,
        String predictions,
        String model,
        int threads,
        int batch,
        String group,
        Path temporary) {
    private static final Logger LOG = LoggerFactory.getLogger(ClassificationJob.class);
    private static final Duration CHECKPOINT_INTERVAL = Duration.ofMillis(200);
    private static final Duration MAX_DELAY = Duration.ofMillis(20);
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(10);

    /** Starts the job on a cluster in this process. */
    JobClient start() throws Exception {
        StreamExecutionEnvironment environment =
                StreamExecutionEnvironment.createLocalEnvironment(threads, configuration());
        environment
                .fromSource(source(), WatermarkStrategy.noWatermarks(), "images")
                .transform(
                        "classify",
                        TypeInformation.of(EncodedPrediction.class),
                        new ClassifyOperator(schemaRegistry, predictions, model, batch, MAX_DELAY.toMillis()))
                .sinkTo(sink())
                .name("predictions");
        return environment.executeAsync("classify " + images);
    }

    private Configuration configuration() {
        Configuration configuration = new Configuration();
        configuration.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, CHECKPOINT_INTERVAL);
        configuration.set(CheckpointingOptions.CHECKPOINTING_CONSISTENCY_MODE, CheckpointingMode.EXACTLY_ONCE);
        configuration.set(CheckpointingOptions.ENABLE_UNALIGNED, false);
        // Nothing is serialized or copied between the operators of a chain.
        configuration.set(PipelineOptions.OBJECT_REUSE, true);
        // A failure ends the process. A benchmark must not hide a restart.
        configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
        configuration.set(CoreOptions.TMP_DIRS, temporary.toString());
        configuration.set(WebOptions.TMP_DIR, temporary.toString());
        return configuration;
    }

    // Flink's interface still names Kafka's deprecated class.
    @SuppressWarnings("deprecation")
    private KafkaSource<ConsumerRecord<byte[], byte[]>> source() {
        Properties properties = new Properties();
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        properties.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, "2000");
        properties.put(ConsumerConfig.FETCH_MIN_BYTES_CONFIG, "65536");
        properties.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, "20");
        properties.put(KafkaSourceOptions.PARTITION_DISCOVERY_INTERVAL_MS.key(), "-1");
        return KafkaSource.<ConsumerRecord<byte[], byte[]>>builder()
                .setBootstrapServers(bootstrapServer)
                .setGroupId(group)
                .setClientIdPrefix(group)
                .setTopics(images)
                .setStartingOffsets(OffsetsInitializer.committedOffsets(OffsetResetStrategy.EARLIEST))
                .setDeserializer(new WholeRecords())
                .setProperties(properties)
                .build();
    }

    private KafkaSink<EncodedPrediction> sink() {
        Properties properties = new Properties();
        properties.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4");
        properties.put(ProducerConfig.LINGER_MS_CONFIG, "20");
        properties.put(ProducerConfig.BATCH_SIZE_CONFIG, "131072");
        properties.put(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, "60000");
        return KafkaSink.<EncodedPrediction>builder()
                .setBootstrapServers(bootstrapServer)
                .setKafkaProducerConfig(properties)
                .setDeliveryGuarantee(DeliveryGuarantee.EXACTLY_ONCE)
                .setTransactionalIdPrefix(group)
                // Reuses producers. The default makes the broker remember five new transactional ids a second and task.
                .setTransactionNamingStrategy(TransactionNamingStrategy.POOLING)
                .setRecordSerializer(new PredictionRecords(predictions))
                .build();
    }

    /**
     * Stops a job with a last checkpoint, so that no transaction stays open: until the broker aborts it, readers would not see
     * what follows it.
     */
    void stop(JobClient client) {
        if (client.getJobExecutionResult().isDone()) {
            return;
        }
        try {
            client.stopWithSavepoint(false, temporary.resolve("last").toUri().toString(), SavepointFormatType.CANONICAL)
                    .get(STOP_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            LOG.error("the job could not be stopped in order; its last transaction stays open until it times out", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
