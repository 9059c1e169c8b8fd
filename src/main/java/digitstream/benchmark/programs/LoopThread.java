package digitstream.benchmark.programs;

import digitstream.avro.DigitImage;
import digitstream.common.Digits;
import digitstream.model.Classifier;
import digitstream.model.LoadedModel;
import digitstream.serde.AvroDeserializer;
import digitstream.serde.SchemaRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * One thread of {@link TransactionalLoop}. Classifies a batch when it is full, and what is left of it before each commit. Any
 * failure ends the process; its open transaction is aborted by the next start or the timeout.
 */
final class LoopThread implements Runnable, ConsumerRebalanceListener {
    private static final long COMMIT_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    private static final Duration POLL = Duration.ofMillis(20);

    private final ProgramOptions options;
    private final BooleanSupplier stop;
    private final Runnable assigned;
    private final Classifier classifier;
    private final AvroDeserializer<DigitImage> images;
    private final PredictionWriter predictions;
    private final Consumer<byte[], byte[]> consumer;
    private final Producer<byte[], byte[]> producer;

    private final List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    private final List<DigitImage> batch = new ArrayList<>();
    private final Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
    private long committedNanos = System.nanoTime();

    LoopThread(
            ProgramOptions options,
            int number,
            LoadedModel model,
            SchemaRegistry schemas,
            BooleanSupplier stop,
            Runnable assigned) {
        this.options = options;
        this.stop = stop;
        this.assigned = assigned;
        this.classifier = model.newClassifier();
        this.images = new AvroDeserializer<>(schemas, DigitImage.class);
        this.predictions = new PredictionWriter(schemas, options.predictions(), model.card());
        this.consumer = new KafkaConsumer<>(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        options.bootstrapServer(),
                        ConsumerConfig.GROUP_ID_CONFIG,
                        options.group(),
                        ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                        "earliest",
                        ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                        false,
                        ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                        "read_committed",
                        ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
                        2_000),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        this.producer = new KafkaProducer<>(
                Map.of(
                        ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        options.bootstrapServer(),
                        ProducerConfig.TRANSACTIONAL_ID_CONFIG,
                        options.group() + "-" + number,
                        ProducerConfig.LINGER_MS_CONFIG,
                        20,
                        ProducerConfig.BATCH_SIZE_CONFIG,
                        128 << 10,
                        ProducerConfig.COMPRESSION_TYPE_CONFIG,
                        "lz4"),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    @Override
    public void run() {
        try (classifier;
                producer;
                consumer) {
            producer.initTransactions();
            producer.beginTransaction();
            consumer.subscribe(List.of(options.images()), this);
            while (!stop.getAsBoolean()) {
                for (ConsumerRecord<byte[], byte[]> image : consumer.poll(POLL)) {
                    records.add(image);
                    batch.add(
                            Objects.requireNonNull(images.deserialize(image.topic(), image.headers(), image.value())));
                    if (batch.size() == options.batch()) {
                        classify();
                    }
                }
                if (System.nanoTime() - committedNanos >= COMMIT_NANOS) {
                    commit();
                }
            }
            commit();
            producer.abortTransaction();
        }
    }

    // Kafka's producer throws from the commit what a send failed with.
    @SuppressWarnings("FutureReturnValueIgnored")
    private void classify() {
        if (batch.isEmpty()) {
            return;
        }
        float[] probabilities =
                classifier.classify(batch.stream().map(PredictionWriter::pixels).toList());
        Instant now = Instant.now();
        for (int i = 0; i < batch.size(); i++) {
            ConsumerRecord<byte[], byte[]> image = records.get(i);
            byte[] prediction = predictions.encode(
                    batch.get(i),
                    probabilities,
                    i * Digits.CLASSES,
                    now,
                    batch.size(),
                    image.topic(),
                    image.partition(),
                    image.offset());
            producer.send(new ProducerRecord<>(options.predictions(), image.key(), prediction));
            offsets.put(
                    new TopicPartition(image.topic(), image.partition()), new OffsetAndMetadata(image.offset() + 1));
        }
        batch.clear();
        records.clear();
    }

    private void commit() {
        classify();
        if (!offsets.isEmpty()) {
            producer.sendOffsetsToTransaction(offsets, consumer.groupMetadata());
            producer.commitTransaction();
            producer.beginTransaction();
            offsets.clear();
        }
        committedNanos = System.nanoTime();
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
        assigned.run();
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
        commit();
    }

    @Override
    public void onPartitionsLost(Collection<TopicPartition> partitions) {
        throw new IllegalStateException("the group has taken the partitions " + partitions + " away");
    }
}
