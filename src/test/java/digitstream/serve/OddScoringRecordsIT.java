package digitstream.serve;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import digitstream.avro.Accuracy;
import digitstream.avro.DigitLabel;
import digitstream.avro.LabelCounts;
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
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.zip.CRC32;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Sends odd labels and predictions, each among good ones, to a real scoring process. */
@ExtendWith(Environment.Extension.class)
class OddScoringRecordsIT {
    private static final int GOOD_AROUND = 20;
    private static final Duration AT_MOST = Duration.ofSeconds(20);

    @TempDir
    private Path folder;

    private final Instant now = Instant.now();
    private final Map<String, Accuracy> figures = new HashMap<>();
    private final Map<String, ConsumerRecord<byte[], byte[]>> deadLetters = new HashMap<>();

    /** An odd record and a part of its dead letter's message. */
    private record Odd(ProducerRecord<byte[], byte[]> record, String message) {}

    @Test
    void deadLettersWhatLiesAndScoresEverythingElse(Environment environment) throws Exception {
        Map<String, String> given = environment.freshTopics();
        Settings settings = Settings.parse(given);
        Records records = new Records(environment, settings.topics());
        List<Odd> all = odd(records);
        int good = 0;
        Map<String, Odd> bySource = new HashMap<>();
        try (ServeProcess serve = serve(environment, given);
                CommittedReader reader = reader(environment, settings.topics())) {
            try (Producer<byte[], byte[]> producer = environment.producer()) {
                for (Odd odd : all) {
                    good = sendGood(producer, records, good);
                    RecordMetadata at = producer.send(odd.record).get();
                    bySource.put(at.topic() + "/" + at.partition() + "/" + at.offset(), odd);
                    good = sendGood(producer, records, good);
                }
            }
            int expected = good;
            Await.until("every record is scored or dead-lettered", AT_MOST, () -> {
                read(environment, reader, settings.topics());
                return deadLetters.size() >= all.size() && labels().getReceived() >= expected;
            });
            assertThat(serve.process().isAlive()).isTrue();
        }

        assertThat(deadLetters.keySet()).isEqualTo(bySource.keySet());
        bySource.forEach((source, odd) -> {
            assertThat(header(source, DeadLetters.REASON)).isEqualTo("invalid");
            assertThat(header(source, DeadLetters.MESSAGE))
                    .contains(odd.message)
                    .doesNotContain("\n")
                    .hasSizeLessThan(400);
            assertThat(deadLetters.get(source).value()).isEqualTo(odd.record.value());
        });
        assertThat(figures.keySet()).allMatch(key -> key.startsWith("good/1/"));
        Accuracy counted = figures.get("good/1/all");
        assertThat(counted.getPredicted()).isEqualTo(good);
        assertThat(counted.getCorrect()).isEqualTo(good);
        assertThat(labels()).isEqualTo(new LabelCounts((long) good, (long) good, 0L, 0L, 0L, 0L, 0L));
        assertNoThreadDied();
    }

    private List<Odd> odd(Records records) {
        List<Odd> all = new ArrayList<>();
        String huge = "x".repeat(600_000);
        all.add(new Odd(records.label("huge", label -> label.setImageId(huge)), "has 600000 characters"));
        all.add(new Odd(records.prediction("huge", other -> other.setImageId(huge)), "has 600000 characters"));
        all.add(new Odd(records.label("z".repeat(257), label -> {}), "has 257 characters"));
        all.add(new Odd(records.label("", label -> {}), "has 0 characters"));
        all.add(new Odd(records.label("b", label -> label.setImageId("c")), "is not the image id 'c'"));
        all.add(new Odd(records.label("ten", label -> label.setLabel(10)), "the label is 10"));
        long millis = now.toEpochMilli();
        Map<Long, String> times = Map.of(
                Long.MIN_VALUE,
                "event.time.min",
                Long.MAX_VALUE,
                "event.time.max.ahead.ms",
                millis / 1_000,
                "is it in seconds?",
                millis * 1_000,
                "is it in microseconds?",
                millis * 1_000_000,
                "is it in nanoseconds?",
                -62_135_596_800_000L,
                "set it to the time of the event",
                0L,
                "set it to the time of the event",
                now.plus(Duration.ofDays(3_650)).toEpochMilli(),
                "the clock of its producer");
        times.forEach((time, message) -> {
            Instant at = Instant.ofEpochMilli(time);
            all.add(new Odd(records.label("t" + time, label -> label.setLabelledAt(at)), message));
            all.add(new Odd(records.prediction("t" + time, other -> other.setEventTime(at)), message));
        });
        for (String name : List.of("x".repeat(70_000), "a/b", "", "a\nb")) {
            all.add(new Odd(records.prediction("n" + name.length(), other -> other.setModelName(name)), "model name"));
            all.add(new Odd(
                    records.prediction("v" + name.length(), other -> other.setModelVersion(name)), "model version"));
        }
        all.add(new Odd(records.prediction("nan", other -> other.setConfidence(Float.NaN)), "the confidence is NaN"));
        all.add(new Odd(
                records.prediction("logits", other -> other.setProbabilities(Collections.nCopies(10, -3.2f))),
                "not logits"));
        all.add(new Odd(
                records.prediction("none", other -> other.setProbabilities(List.of())), "there are 0 probabilities"));
        return all;
    }

    @Test
    void scoresLabelsOfAnotherPartitionerAndLargeHeaders(Environment environment) throws Exception {
        Map<String, String> given = environment.freshTopics();
        Settings settings = Settings.parse(given);
        Records records = new Records(environment, settings.topics());
        int images = 200;
        int partitions = settings.layout().partitions();
        try (ServeProcess serve = serve(environment, given);
                CommittedReader reader = reader(environment, settings.topics())) {
            try (Producer<byte[], byte[]> producer = environment.producer()) {
                for (int i = 0; i < images; i++) {
                    producer.send(records.prediction("kcat-" + i, other -> {}));
                    ProducerRecord<byte[], byte[]> label = records.label("kcat-" + i, ignored -> {});
                    // kcat's default partitioner.
                    CRC32 crc = new CRC32();
                    crc.update(label.key());
                    ProducerRecord<byte[], byte[]> elsewhere = new ProducerRecord<>(
                            label.topic(), (int) (crc.getValue() % partitions), label.key(), label.value());
                    if (i % 40 == 0) {
                        elsewhere.headers().add("large", new byte[900_000]);
                    }
                    producer.send(elsewhere);
                }
                // A prediction of another tool in another partition, and a correction that overtakes nothing.
                ProducerRecord<byte[], byte[]> misplaced = records.prediction("tool", other -> {});
                for (int partition = 0; partition < partitions; partition++) {
                    producer.send(
                            new ProducerRecord<>(misplaced.topic(), partition, misplaced.key(), misplaced.value()));
                }
                producer.send(records.label("tool", label -> {}));
            }
            Await.until("every label has met its prediction", AT_MOST, () -> {
                read(environment, reader, settings.topics());
                Accuracy all = figures.get("good/1/all");
                return all != null && all.getCorrect() == images + 1 && all.getDuplicates() == partitions - 1;
            });
            assertThat(serve.process().isAlive()).isTrue();
        }
        assertThat(labels()).isEqualTo(new LabelCounts(images + 1L, images + 1L, 0L, 0L, 0L, 0L, 0L));
        assertThat(deadLetters).isEmpty();
        String log = Files.readString(folder.resolve("serve.log"));
        assertThat(log.lines().filter(line -> line.contains(settings.topics().labels() + " has records in the wrong")))
                .hasSize(1)
                .allMatch(line -> line.contains("partitioner=murmur2_random"));
        assertNoThreadDied();
    }

    private ServeProcess serve(Environment environment, Map<String, String> given) throws Exception {
        ServeProcess serve = ServeProcess.start(
                CommandLineProcess.home(),
                environment.serveArguments(folder.resolve("state"), given, "--only", "score"),
                folder.resolve("serve.log"));
        serve.awaitReady();
        return serve;
    }

    private static CommittedReader reader(Environment environment, Topics topics) {
        return new CommittedReader(environment.clients(), List.of(topics.accuracy(), topics.deadLetters()), true);
    }

    private int sendGood(Producer<byte[], byte[]> producer, Records records, int from) {
        for (int i = from; i < from + GOOD_AROUND; i++) {
            producer.send(records.prediction("good-" + i, other -> {}));
            producer.send(records.label("good-" + i, label -> {}));
        }
        return from + GOOD_AROUND;
    }

    private void read(Environment environment, CommittedReader reader, Topics topics) {
        AvroDecoder<Accuracy> decoder = new AvroDecoder<>(environment.schemas(), Accuracy.class);
        for (ConsumerRecord<byte[], byte[]> record : reader.poll(Duration.ofMillis(100))) {
            if (record.topic().equals(topics.deadLetters())) {
                deadLetters.put(
                        header(record, DeadLetters.TOPIC) + "/" + header(record, DeadLetters.PARTITION) + "/"
                                + header(record, DeadLetters.OFFSET),
                        record);
            } else {
                assertThat(record.headers()).isEmpty();
                figures.put(
                        new String(record.key(), UTF_8),
                        ((Decoded.Value<Accuracy>) decoder.decode(record.headers(), record.value())).value());
            }
        }
    }

    private LabelCounts labels() {
        Accuracy all = figures.get("good/1/all");
        return all == null ? new LabelCounts(0L, 0L, 0L, 0L, 0L, 0L, 0L) : all.getLabels();
    }

    private void assertNoThreadDied() throws Exception {
        assertThat(Files.readString(folder.resolve("serve.log"))).doesNotContain("Exception", "died", "failed");
    }

    private String header(String source, String name) {
        return header(deadLetters.get(source), name);
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        return new String(record.headers().lastHeader(name).value(), UTF_8);
    }

    /** Makes valid records that a test then changes. */
    private final class Records {
        private final Topics topics;
        private final AvroSerializer<Prediction> predictions;
        private final AvroSerializer<DigitLabel> labels;

        Records(Environment environment, Topics topics) {
            this.topics = topics;
            this.predictions = new AvroSerializer<>(environment.schemas(), Prediction.class);
            this.labels = new AvroSerializer<>(environment.schemas(), DigitLabel.class);
        }

        ProducerRecord<byte[], byte[]> label(String id, Consumer<DigitLabel> change) {
            DigitLabel label = new DigitLabel(id, 7, now);
            change.accept(label);
            return new ProducerRecord<>(topics.labels(), id.getBytes(UTF_8), labels.serialize(topics.labels(), label));
        }

        ProducerRecord<byte[], byte[]> prediction(String id, Consumer<Prediction> change) {
            Prediction prediction = new Prediction(
                    id, 7, 0.9f, Collections.nCopies(10, 0.1f), "good", "1", "images", 0, 0L, now, now, 1);
            change.accept(prediction);
            return new ProducerRecord<>(
                    topics.predictions(), id.getBytes(UTF_8), predictions.serialize(topics.predictions(), prediction));
        }
    }
}
