package digitstream.serve;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import digitstream.avro.DigitImage;
import digitstream.avro.DigitLabel;
import digitstream.avro.Prediction;
import digitstream.client.CommittedReader;
import digitstream.local.ServeProcess;
import digitstream.serde.AvroDecoder;
import digitstream.serde.AvroSerializer;
import digitstream.serde.Decoded;
import digitstream.settings.Settings;
import digitstream.settings.Topics;
import digitstream.streams.DeadLetters;
import digitstream.testing.Await;
import digitstream.testing.CommandLineProcess;
import digitstream.testing.Environment;
import digitstream.testing.OddRecords;
import digitstream.testing.RawProducer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.header.Header;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Sends changed records of all three input topics through a real serving process. Each image ends as exactly one of a prediction
 * or a dead letter; each label and prediction is consumed, and is a dead letter at most once; no stream thread dies.
 *
 * <p>The system properties {@code digitstream.fuzz.records} and {@code digitstream.fuzz.seed} set how many records, and which.
 */
@ExtendWith(Environment.Extension.class)
class FuzzIT {
    private static final int RECORDS = Integer.getInteger("digitstream.fuzz.records", 10_000);
    private static final long SEED = Long.getLong("digitstream.fuzz.seed", 1);

    /** A partition waits up to five seconds for each fetched batch with an unknown schema id and an impossible timestamp. */
    private static final Duration IN_TIME = Duration.ofSeconds(120 + RECORDS / 200);

    @TempDir
    private Path folder;

    private record Position(String topic, int partition, long offset) {}

    @Test
    void everyRecordEndsAsExactlyOneThing(Environment environment) throws Exception {
        Map<String, String> given = environment.freshTopics();
        Settings settings = Settings.parse(given);
        Topics topics = settings.topics();
        List<String> inputs = List.of(topics.images(), topics.labels(), topics.predictions());
        acceptEverything(environment, inputs);
        OddRecords records = new OddRecords(
                SEED,
                topics,
                new AvroSerializer<>(environment.schemas(), DigitImage.class),
                new AvroSerializer<>(environment.schemas(), DigitLabel.class),
                new AvroSerializer<>(environment.schemas(), Prediction.class));
        Path log = folder.resolve("serve.log");
        try (ServeProcess serve = ServeProcess.start(
                        CommandLineProcess.home(), environment.serveArguments(folder.resolve("state"), given), log);
                RawProducer producer = new RawProducer(environment.bootstrapServers());
                CommittedReader reader = new CommittedReader(
                        environment.clients(), List.of(topics.predictions(), topics.deadLetters()), true)) {
            Ends ends = new Ends(environment, topics);
            for (int i = 0; i < RECORDS; i++) {
                OddRecords.Odd odd = records.next();
                int partition = i % settings.layout().partitions();
                long offset = producer.send(
                        odd.topic(),
                        partition,
                        odd.timestamp(),
                        odd.key(),
                        odd.value(),
                        odd.headers().toArray(Header[]::new));
                ends.sent.add(new Position(odd.topic(), partition, offset));
                if (i % 1_000 == 0) {
                    ends.read(reader);
                }
            }
            serve.awaitReady();
            long images = ends.sent.stream()
                    .filter(position -> position.topic().equals(topics.images()))
                    .count();
            Await.until("each image of seed " + SEED + " has an end", IN_TIME, () -> {
                ends.read(reader);
                assertThat(serve.process().isAlive()).isTrue();
                return ends.ofImages() >= images;
            });
            for (String application : List.of(settings.classifyApplicationId(), settings.scoreApplicationId())) {
                Await.until(application + " has consumed everything", IN_TIME, () -> {
                    ends.read(reader);
                    return lag(environment, application, inputs) == 0;
                });
            }
            ends.assertExact();
        }
        assertThat(Files.readString(log)).doesNotContain("A stream thread", "Exception");
    }

    private static void acceptEverything(Environment environment, List<String> topics) throws Exception {
        try (Admin admin = environment.admin()) {
            admin.incrementalAlterConfigs(topics.stream()
                            .collect(Collectors.toMap(
                                    topic -> new ConfigResource(ConfigResource.Type.TOPIC, topic),
                                    topic -> List.of(
                                            set("message.timestamp.after.max.ms", Long.toString(Long.MAX_VALUE)),
                                            set("max.message.bytes", "10000000"),
                                            // A record from the year 1 would be deleted at once.
                                            set("retention.ms", "-1")))))
                    .all()
                    .get();
        }
    }

    private static AlterConfigOp set(String name, String value) {
        return new AlterConfigOp(new ConfigEntry(name, value), AlterConfigOp.OpType.SET);
    }

    private static long lag(Environment environment, String application, List<String> topics) throws Exception {
        try (Admin admin = environment.admin()) {
            Map<TopicPartition, OffsetAndMetadata> committed = admin.listConsumerGroupOffsets(application)
                    .partitionsToOffsetAndMetadata()
                    .get();
            Set<TopicPartition> ours = committed.keySet().stream()
                    .filter(partition -> topics.contains(partition.topic()))
                    .collect(Collectors.toSet());
            Map<TopicPartition, ListOffsetsResultInfo> ends = admin.listOffsets(ours.stream()
                            .collect(Collectors.toMap(partition -> partition, ignored -> OffsetSpec.latest())))
                    .all()
                    .get();
            return ours.isEmpty()
                    ? Long.MAX_VALUE
                    : ours.stream()
                            .mapToLong(partition ->
                                    Objects.requireNonNull(ends.get(partition)).offset()
                                            - Objects.requireNonNull(committed.get(partition))
                                                    .offset())
                            // The offset after a transaction's last record is its marker.
                            .filter(behind -> behind > 1)
                            .sum();
        }
    }

    /** Where each record ended. */
    private static final class Ends {
        private final Set<Position> sent = new HashSet<>();
        private final Map<Position, Integer> predicted = new HashMap<>();
        private final Map<Position, Integer> deadLettered = new HashMap<>();
        private final Map<String, Integer> reasons = new TreeMap<>();
        private final Topics topics;
        private final AvroDecoder<Prediction> decoder;

        Ends(Environment environment, Topics topics) {
            this.topics = topics;
            this.decoder = new AvroDecoder<>(environment.schemas(), Prediction.class);
        }

        void read(CommittedReader reader) {
            for (ConsumerRecord<byte[], byte[]> record : reader.poll(Duration.ofMillis(50))) {
                if (record.topic().equals(topics.deadLetters())) {
                    deadLettered.merge(
                            new Position(
                                    header(record, DeadLetters.TOPIC),
                                    Integer.parseInt(header(record, DeadLetters.PARTITION)),
                                    Long.parseLong(header(record, DeadLetters.OFFSET))),
                            1,
                            Integer::sum);
                    reasons.merge(header(record, DeadLetters.REASON), 1, Integer::sum);
                } else if (!sent.contains(new Position(record.topic(), record.partition(), record.offset()))) {
                    // Not one of the predictions that this test has sent.
                    Prediction prediction =
                            ((Decoded.Value<Prediction>) decoder.decode(record.headers(), record.value())).value();
                    predicted.merge(
                            new Position(
                                    prediction.getImageTopic(),
                                    prediction.getImagePartition(),
                                    prediction.getImageOffset()),
                            1,
                            Integer::sum);
                }
            }
        }

        long ofImages() {
            return predicted.size()
                    + deadLettered.keySet().stream()
                            .filter(position -> position.topic().equals(topics.images()))
                            .count();
        }

        void assertExact() {
            Set<Position> both = new HashSet<>(predicted.keySet());
            both.retainAll(deadLettered.keySet());
            assertThat(both).as("both predicted and a dead letter").isEmpty();
            // Not AssertJ's assertions of collections: they compare each element with each other.
            assertThat(new HashSet<>(predicted.values())).as("times predicted").containsExactly(1);
            assertThat(new HashSet<>(deadLettered.values()))
                    .as("times a dead letter")
                    .containsExactly(1);
            assertThat(sent.containsAll(predicted.keySet()) && sent.containsAll(deadLettered.keySet()))
                    .as("only what was sent has an end")
                    .isTrue();
            // All kinds of ends were tried. No image makes our model fail.
            assertThat(reasons).containsOnlyKeys("invalid", "null-key", "null-value", "undecodable");
        }

        private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
            return new String(record.headers().lastHeader(name).value(), UTF_8);
        }
    }
}
