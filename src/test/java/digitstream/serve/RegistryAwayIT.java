package digitstream.serve;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import digitstream.avro.DigitImage;
import digitstream.client.CommittedReader;
import digitstream.serde.AvroSerializer;
import digitstream.settings.Settings;
import digitstream.settings.Topics;
import digitstream.testing.Await;
import digitstream.testing.CommandLineProcess;
import digitstream.testing.Environment;
import digitstream.testing.RegistryCalls;
import digitstream.testing.RegistryProxy;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Puts a proxy before the registry that gives the answers of registries in trouble, while images with new schemas arrive. */
@ExtendWith(Environment.Extension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RegistryAwayIT {
    private static final Duration IN_TIME = Duration.ofSeconds(15);
    private static final int IMAGES = 20;

    @TempDir
    private static Path folder;

    private final Set<String> predicted = new HashSet<>();
    private int deadLetters;
    private int schemas;

    private Environment environment;
    private Topics topics;
    private RegistryProxy proxy;
    private RegistryCalls registry;
    private CommandLineProcess serve;
    private CommittedReader reader;
    private Producer<byte[], byte[]> producer;
    private URI health;

    @BeforeAll
    void start(Environment shared) throws Exception {
        environment = shared;
        Map<String, String> given = environment.freshTopics();
        topics = Settings.parse(given).topics();
        registry = new RegistryCalls(environment.schemaRegistryUrl());
        proxy = new RegistryProxy(environment.schemaRegistryUrl());
        producer = environment.producer();
        List<String> arguments = new ArrayList<>(List.of("serve"));
        arguments.addAll(
                environment.serveArguments(folder.resolve("state"), given, "--only", "classify", "--metrics", "0"));
        arguments.replaceAll(argument -> argument.equals(environment.schemaRegistryUrl()) ? proxy.url() : argument);
        serve = CommandLineProcess.start(folder, List.of(), arguments.toArray(String[]::new));
        reader = new CommittedReader(environment.clients(), List.of(topics.predictions(), topics.deadLetters()), true);
        String prefix = "Metrics: ";
        Await.until(
                "the process is ready", Duration.ofMinutes(1), () -> serve.out().contains("Ready"));
        String metrics = serve.out()
                .lines()
                .filter(line -> line.startsWith(prefix))
                .findFirst()
                .orElseThrow();
        health = URI.create(metrics.substring(prefix.length())).resolve("/health/ready");
    }

    @AfterAll
    void stop() {
        serve.close();
        reader.close();
        producer.close();
        proxy.close();
    }

    static Stream<RegistryProxy.Answer> answersThatSayNothingAboutASchema() {
        return Stream.of(
                RegistryProxy.NOT_FOUND_PAGE,
                RegistryProxy.UNAVAILABLE,
                RegistryProxy.LOGIN_PAGE,
                RegistryProxy.UNAUTHORIZED,
                new RegistryProxy.Answer(404, "application/json", "{\"error_code\":404,\"message\":\"HTTP 404\"}"),
                new RegistryProxy.Answer(404, "application/json", ""),
                new RegistryProxy.Answer(200, "application/json", "{}"),
                new RegistryProxy.Answer(200, "application/json", "null"),
                new RegistryProxy.Answer(500, "application/json", "{\"error_code\":50001,\"message\":\"store\"}"));
    }

    @ParameterizedTest
    @MethodSource("answersThatSayNothingAboutASchema")
    void waitsWithOnePartitionAndGoesOnWithTheOthers(RegistryProxy.Answer answer) throws Exception {
        int known = id();
        await(send(0, known));
        int later = id();
        proxy.answerAllWith(Optional.of(answer));

        Set<String> waiting = send(0, later);
        Set<String> others = send(1, known);
        await(others);
        Await.until("readiness names the schema", IN_TIME, () -> ready().statusCode() == 503);
        assertThat(ready().body())
                .contains("partition " + topics.images() + "-0 waits at offset")
                .contains("schema id " + later)
                .contains("the schema registry at");
        assertThat(predicted).doesNotContainAnyElementsOf(waiting);

        proxy.answerAllWith(Optional.empty());
        await(waiting);
        Await.until("ready again", IN_TIME, () -> ready().statusCode() == 200);
        assertThat(deadLetters).isZero();
        assertThat(serve.err()).doesNotContain("A stream thread");
    }

    @Test
    void forgetsAWaitingImageThatRetentionDeletes() throws Exception {
        int known = id();
        await(send(2, known));
        int later = id();
        proxy.answerAllWith(Optional.of(RegistryProxy.UNAVAILABLE));
        Set<String> deleted = send(2, later);
        Await.until("readiness names the schema", IN_TIME, () -> ready().statusCode() == 503);
        TopicPartition partition = new TopicPartition(topics.images(), 2);
        try (Admin admin = environment.admin()) {
            admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(-1)))
                    .all()
                    .get();
        }
        Await.until("ready again", Duration.ofSeconds(30), () -> ready().statusCode() == 200);
        await(send(2, known));
        proxy.answerAllWith(Optional.empty());
        assertThat(predicted).doesNotContainAnyElementsOf(deleted);
        assertThat(serve.err()).doesNotContain("A stream thread");
    }

    @Test
    void readsAnImageWhoseSchemaTheRegistryLearnsOfAMomentLater() throws Exception {
        int id = 3_000_000;
        int before = proxy.requests();
        Set<String> early = send(0, id);
        // A second question follows only the answer that there is no such schema.
        Await.until("the registry was asked twice", IN_TIME, () -> proxy.requests() >= before + 2);
        proxy.answerWithSchema("/schemas/ids/" + id, DigitImage.getClassSchema().toString());
        await(early);
        assertThat(deadLetters).isZero();
    }

    /** The id of a schema that nobody has used yet. */
    private int id() throws Exception {
        String schema =
                DigitImage.getClassSchema().toString().replace("\"digitstream.avro\"", "\"test.n" + schemas + "\"");
        return registry.register(topics.images() + "-new-" + schemas++, "AVRO", schema);
    }

    private Set<String> send(int partition, int schemaId) {
        Set<String> ids = new HashSet<>();
        for (int i = 0; i < IMAGES; i++) {
            String id = schemas + "-" + partition + "-" + schemaId + "-" + i;
            byte[] value = new AvroSerializer<>(environment.schemas(), DigitImage.class)
                    .serialize(
                            topics.images(), new DigitImage(id, 28, 28, ByteBuffer.wrap(new byte[784]), Instant.now()));
            ByteBuffer.wrap(value).putInt(1, schemaId);
            producer.send(new ProducerRecord<>(topics.images(), partition, id.getBytes(UTF_8), value));
            ids.add(id);
        }
        producer.flush();
        return ids;
    }

    private void await(Set<String> ids) throws Exception {
        Await.until("the images are predicted", IN_TIME, () -> {
            for (ConsumerRecord<byte[], byte[]> record : reader.poll(Duration.ofMillis(50))) {
                if (record.topic().equals(topics.deadLetters())) {
                    deadLetters++;
                } else {
                    assertThat(predicted.add(new String(record.key(), UTF_8))).isTrue();
                }
            }
            return predicted.containsAll(ids);
        });
    }

    private HttpResponse<String> ready() throws Exception {
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(health).build(), HttpResponse.BodyHandlers.ofString());
    }
}
