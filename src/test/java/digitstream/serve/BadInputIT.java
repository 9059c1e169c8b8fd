package digitstream.serve;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import digitstream.avro.DigitImage;
import digitstream.avro.DigitLabel;
import digitstream.client.CommittedReader;
import digitstream.local.ServeProcess;
import digitstream.serde.AvroSerializer;
import digitstream.settings.Settings;
import digitstream.settings.Topics;
import digitstream.streams.DeadLetters;
import digitstream.testing.Await;
import digitstream.testing.CommandLineProcess;
import digitstream.testing.Environment;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.header.Header;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Sends every kind of bad record, among good ones, through a real serving process. */
@ExtendWith(Environment.Extension.class)
class BadInputIT {
    private static final int GOOD_AROUND = 50;

    @TempDir
    private Path folder;

    private record Bad(String topic, byte[] key, byte[] value, String reason) {}

    @Test
    void deadLettersBadRecordsUnchangedAndClassifiesTheRest(Environment environment) throws Exception {
        Map<String, String> given = environment.freshTopics();
        Settings settings = Settings.parse(given);
        Topics topics = settings.topics();
        AvroSerializer<DigitImage> images = new AvroSerializer<>(environment.schemas(), DigitImage.class);
        AvroSerializer<DigitLabel> labels = new AvroSerializer<>(environment.schemas(), DigitLabel.class);
        byte[] image = images.serialize(topics.images(), image("x", 28, 28, 784));
        byte[] unknownId = image.clone();
        ByteBuffer.wrap(unknownId).putInt(1, 987_654);
        List<Bad> all = List.of(
                new Bad(topics.images(), utf8("b1"), utf8("{\"json\": true}"), "undecodable"),
                new Bad(topics.images(), utf8("b2"), unknownId, "undecodable"),
                new Bad(topics.images(), utf8("b3"), java.util.Arrays.copyOf(image, 300), "undecodable"),
                new Bad(
                        topics.images(),
                        utf8("b4"),
                        labels.serialize(topics.labels(), new DigitLabel("b4", 1, Instant.now())),
                        "undecodable"),
                new Bad(
                        topics.images(),
                        utf8("b5"),
                        images.serialize(topics.images(), image("b5", 28, 28, 783)),
                        "invalid"),
                new Bad(
                        topics.images(),
                        utf8("b6"),
                        images.serialize(topics.images(), image("b6", 1 << 30, 8, 784)),
                        "invalid"),
                new Bad(
                        topics.images(),
                        utf8("b7"),
                        images.serialize(topics.images(), image("b7", -28, -28, 784)),
                        "invalid"),
                new Bad(topics.images(), utf8("b8"), image, "invalid"),
                new Bad(topics.images(), null, image, "null-key"),
                new Bad(topics.images(), utf8("b9"), null, "null-value"),
                new Bad(topics.images(), utf8("b10"), new byte[0], "undecodable"),
                new Bad(topics.labels(), utf8("b11"), utf8("?"), "undecodable"),
                new Bad(
                        topics.labels(),
                        utf8("b12"),
                        labels.serialize(topics.labels(), new DigitLabel("b12", 10, Instant.now())),
                        "invalid"),
                new Bad(topics.labels(), null, utf8("?"), "null-key"),
                new Bad(topics.predictions(), utf8("b13"), null, "null-value"));

        Set<String> good = new HashSet<>();
        Map<String, Bad> badBySource = new HashMap<>();
        try (Producer<byte[], byte[]> producer = environment.producer()) {
            for (int i = 0; i < all.size(); i++) {
                for (int j = 0; j < GOOD_AROUND; j++) {
                    String id = "good-" + i + "-" + j;
                    good.add(id);
                    producer.send(new ProducerRecord<>(
                            topics.images(), utf8(id), images.serialize(topics.images(), image(id, 28, 28, 784))));
                }
                Bad bad = all.get(i);
                ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(bad.topic(), bad.key(), bad.value());
                record.headers().add("trace", utf8("trace-" + i));
                RecordMetadata at = producer.send(record).get();
                badBySource.put(at.topic() + "/" + at.partition() + "/" + at.offset(), bad);
            }
        }

        List<ConsumerRecord<byte[], byte[]>> deadLetters = new ArrayList<>();
        Set<String> predicted = new HashSet<>();
        List<String> arguments = environment.serveArguments(folder.resolve("state"), given);
        try (ServeProcess serve =
                        ServeProcess.start(CommandLineProcess.home(), arguments, folder.resolve("serve.log"));
                CommittedReader reader = new CommittedReader(
                        environment.clients(), List.of(topics.predictions(), topics.deadLetters()), true)) {
            serve.awaitReady();
            Await.until("every record is predicted or dead-lettered", Duration.ofSeconds(60), () -> {
                for (ConsumerRecord<byte[], byte[]> record : reader.poll(Duration.ofMillis(100))) {
                    if (record.topic().equals(topics.deadLetters())) {
                        deadLetters.add(record);
                    } else if (record.value() != null) { // null: the bad one above
                        assertThat(predicted.add(new String(record.key(), UTF_8)))
                                .isTrue();
                    }
                }
                return predicted.size() >= good.size() && deadLetters.size() >= all.size();
            });
            assertThat(serve.process().isAlive()).isTrue();
        }

        assertThat(predicted).isEqualTo(good);
        assertThat(deadLetters).hasSize(all.size());
        for (ConsumerRecord<byte[], byte[]> deadLetter : deadLetters) {
            String source = header(deadLetter, DeadLetters.TOPIC) + "/" + header(deadLetter, DeadLetters.PARTITION)
                    + "/" + header(deadLetter, DeadLetters.OFFSET);
            Bad bad = badBySource.remove(source);
            assertThat(bad).as("the dead letter of %s", source).isNotNull();
            assertThat(deadLetter.key()).isEqualTo(bad.key());
            assertThat(deadLetter.value()).isEqualTo(bad.value());
            assertThat(header(deadLetter, DeadLetters.REASON)).isEqualTo(bad.reason());
            assertThat(header(deadLetter, DeadLetters.MESSAGE)).isNotBlank();
            assertThat(header(deadLetter, "trace")).startsWith("trace-");
        }
        assertThat(badBySource).isEmpty();
    }

    private static DigitImage image(String id, int width, int height, int pixels) {
        return new DigitImage(id, width, height, ByteBuffer.wrap(new byte[pixels]), Instant.now());
    }

    private static byte[] utf8(String text) {
        return text.getBytes(UTF_8);
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        Header header = record.headers().lastHeader(name);
        assertThat(header).as("header %s", name).isNotNull();
        return new String(header.value(), UTF_8);
    }
}
