package digitstream.serve;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import digitstream.avro.DigitImage;
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
import digitstream.testing.RawProducer;
import digitstream.testing.RegistryCalls;
import digitstream.testing.RegistryProxy;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Sends records as other people's tools write them through a real serving process, each between good images of the same
 * partition. Each ends where it should, within ten seconds, and no stream thread dies.
 */
@ExtendWith(Environment.Extension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OddImagesIT {
    private static final int GOOD = 20;
    private static final int FOREIGN_IDS = 2_000_000;
    private static final Duration IN_TIME = Duration.ofSeconds(10);

    @TempDir
    private static Path folder;

    private final Map<String, ConsumerRecord<byte[], byte[]>> predictions = new HashMap<>();
    private final List<ConsumerRecord<byte[], byte[]>> deadLetters = new ArrayList<>();

    private Environment environment;
    private Topics topics;
    private ServeProcess serve;
    private CommittedReader reader;
    private Producer<byte[], byte[]> producer;
    private RawProducer raw;
    private RegistryCalls registry;
    private RegistryProxy proxy;
    private AvroSerializer<DigitImage> images;
    private int rows;

    @BeforeAll
    void start(Environment shared) throws Exception {
        environment = shared;
        Map<String, String> given = environment.freshTopics();
        topics = Settings.parse(given).topics();
        try (Admin admin = environment.admin()) {
            // As on a broker that was set up for large records, and for those of the future.
            admin.incrementalAlterConfigs(Map.of(
                            new ConfigResource(ConfigResource.Type.TOPIC, topics.images()),
                            List.of(
                                    set("message.timestamp.after.max.ms", Long.toString(Long.MAX_VALUE)),
                                    set("max.message.bytes", "10000000"))))
                    .all()
                    .get();
        }
        images = new AvroSerializer<>(environment.schemas(), DigitImage.class);
        registry = new RegistryCalls(environment.schemaRegistryUrl());
        proxy = new RegistryProxy(environment.schemaRegistryUrl());
        Properties large = new Properties();
        large.putAll(environment.clients());
        large.put("max.request.size", "20000000");
        large.put("compression.type", "gzip");
        producer = new KafkaProducer<>(large, new ByteArraySerializer(), new ByteArraySerializer());
        raw = new RawProducer(environment.bootstrapServers());
        List<String> arguments = environment.serveArguments(folder.resolve("state"), given, "--only", "classify");
        arguments.replaceAll(argument -> argument.equals(environment.schemaRegistryUrl()) ? proxy.url() : argument);
        serve = ServeProcess.start(CommandLineProcess.home(), arguments, folder.resolve("serve.log"));
        reader = new CommittedReader(environment.clients(), List.of(topics.predictions(), topics.deadLetters()), true);
        serve.awaitReady();
    }

    private static AlterConfigOp set(String name, String value) {
        return new AlterConfigOp(new ConfigEntry(name, value), AlterConfigOp.OpType.SET);
    }

    @AfterAll
    void stop() throws Exception {
        serve.close();
        reader.close();
        producer.close();
        raw.close();
        proxy.close();
    }

    @AfterEach
    void noStreamThreadDied() throws IOException {
        assertThat(Files.readString(folder.resolve("serve.log"))).doesNotContain("A stream thread");
        assertThat(serve.process().isAlive()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, -62_135_596_800_000L, Long.MIN_VALUE, 0, 1, 4_102_444_800_000L, Long.MAX_VALUE})
    void predictsAnImageWhateverItsTimestamp(long timestamp) throws Exception {
        Odd odd = new Odd();
        odd.offset = raw.send(topics.images(), 0, timestamp, odd.key(), odd.value());
        odd.await();
        assertThat(odd.prediction()).isNotNull();
    }

    static Stream<Arguments> readableSchemas() {
        return Stream.of(
                Arguments.of("another namespace", schema().replace("digitstream.avro", "com.acme"), new byte[0]),
                Arguments.of(
                        "a hyphen in the namespace", schema().replace("digitstream.avro", "my-company"), new byte[0]),
                Arguments.of(
                        "a default of another type", with("{'name':'n','type':'int','default':'x'}"), new byte[] {2}),
                Arguments.of(
                        "a default outside of an enum",
                        with("{'name':'n','type':{'type':'enum','name':'E','symbols':['A'],'default':'B'}}"),
                        new byte[] {0}),
                Arguments.of("a hyphen in a field's name", with("{'name':'customer-id','type':'int'}"), new byte[] {2}),
                Arguments.of("a digit before a field's name", with("{'name':'2nd','type':'int'}"), new byte[] {2}),
                Arguments.of("a space in a field's name", with("{'name':'a b','type':'int'}"), new byte[] {2}),
                Arguments.of(
                        "a letter that is not ASCII", with("{'name':'gr\u00f6\u00dfe','type':'int'}"), new byte[] {2}));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("readableSchemas")
    void readsASchemaWith(String what, String schema, byte[] afterTheImage) throws Exception {
        // The registry that the tests start refuses some of them, others do not.
        int id = FOREIGN_IDS + rows;
        proxy.answerWithSchema("/schemas/ids/" + id, schema);
        Odd odd = new Odd();
        odd.sendValue(bytes(new byte[] {0}, id, plain(odd.image()), afterTheImage));
        odd.await();
        assertThat(odd.prediction()).as(what).isNotNull();
    }

    @Test
    void readsASchemaThatRefersToOthers() throws Exception {
        String prefix = topics.images() + "-";
        registry.register(
                prefix + "camera",
                "AVRO",
                "{\"type\":\"record\",\"name\":\"Camera\",\"namespace\":\"com.acme\","
                        + "\"fields\":[{\"name\":\"serial\",\"type\":\"int\"}]}");
        registry.register(
                prefix + "site",
                "AVRO",
                "{\"type\":\"record\",\"name\":\"Site\",\"namespace\":\"com.acme\","
                        + "\"fields\":[{\"name\":\"camera\",\"type\":\"com.acme.Camera\"}]}",
                new RegistryCalls.Reference("com.acme.Camera", prefix + "camera", 1));
        int id = registry.register(
                prefix + "referring",
                "AVRO",
                with("{'name':'site','type':'com.acme.Site'}"),
                new RegistryCalls.Reference("com.acme.Site", prefix + "site", 1));

        Odd odd = new Odd();
        // The serial number of the camera of the site.
        odd.sendValue(bytes(new byte[] {0}, id, plain(odd.image()), new byte[] {14}));
        odd.await();
        assertThat(odd.prediction()).isNotNull();
    }

    @Test
    void readsTheBranchOfAUnionThatIsAnImage() throws Exception {
        int id = registry.register(
                topics.images() + "-union",
                "AVRO",
                "[\"null\",{\"type\":\"record\",\"name\":\"Other\",\"fields\":[]}," + schema() + "]");
        Odd image = new Odd();
        image.sendValue(bytes(new byte[] {0}, id, new byte[] {4}, plain(image.image())));
        image.await();
        assertThat(image.prediction()).isNotNull();

        Odd other = new Odd();
        other.sendValue(bytes(new byte[] {0}, id, new byte[] {2}));
        other.await();
        other.assertDeadLetter(
                "undecodable", "schema id " + id + " (union[null, Other, DigitImage]) cannot be read as");
    }

    @Test
    void namesTheReferenceThatTheRegistryDoesNotHave() throws Exception {
        int id = FOREIGN_IDS - 1;
        proxy.answer(
                "/schemas/ids/" + id,
                "{\"schema\":\"\\\"com.acme.X\\\"\",\"references\":"
                        + "[{\"name\":\"com.acme.X\",\"subject\":\"nope\",\"version\":1}]}");
        Odd odd = new Odd();
        odd.sendValue(bytes(new byte[] {0}, id, plain(odd.image())));
        odd.await();
        odd.assertDeadLetter(
                "undecodable",
                "schema id " + id + " refers to subject nope version 1, which the registry does not have");
    }

    static Stream<Arguments> otherKinds() {
        return Stream.of(
                Arguments.of("PROTOBUF", "syntax = \"proto3\"; message DigitImage { string image_id = 1; }"),
                Arguments.of("JSON", "{\"type\":\"object\",\"properties\":{\"imageId\":{\"type\":\"string\"}}}"));
    }

    @ParameterizedTest
    @MethodSource("otherKinds")
    void namesTheKindOfASchemaThatIsNotAvro(String kind, String text) throws Exception {
        int id = registry.register(topics.images() + "-" + kind, kind, text);
        Odd odd = new Odd();
        odd.sendValue(bytes(new byte[] {0}, id, plain(odd.image())));
        odd.await();
        odd.assertDeadLetter("undecodable", "schema id " + id + " is " + kind + ", not AVRO");
    }

    @Test
    void namesWhatMakesASchemaIncompatible() throws Exception {
        String withoutPixels = schema().replace("\"pixels\"", "\"picture\"");
        int id = registry.register(topics.images() + "-without-pixels", "AVRO", withoutPixels);
        Odd odd = new Odd();
        odd.sendValue(bytes(new byte[] {0}, id, plain(odd.image())));
        odd.await();
        odd.assertDeadLetter("undecodable", "pixels");
    }

    @Test
    void truncatesADeadLetterThatIsTooLarge() throws Exception {
        byte[] garbage = new byte[1_048_400];
        new Random(1).nextBytes(garbage);
        garbage[0] = 1;
        for (byte[] value : List.of(garbage, new byte[5_000_000])) {
            Odd odd = new Odd();
            odd.sendValue(value);
            odd.await();
            ConsumerRecord<byte[], byte[]> deadLetter = odd.assertDeadLetter("undecodable", "");
            assertThat(header(deadLetter, DeadLetters.TRUNCATED)).isEqualTo("true");
            assertThat(header(deadLetter, DeadLetters.VALUE_BYTES)).isEqualTo(Integer.toString(value.length));
            assertThat(deadLetter.value().length).isGreaterThan(900_000);
            assertThat(value).startsWith(deadLetter.value());
        }
    }

    @Test
    void truncatesALargeKeyAndLargeHeaders() throws Exception {
        Odd odd = new Odd();
        byte[] key = new byte[2_000_000];
        odd.send(
                key,
                new byte[1],
                new RecordHeader("large", new byte[2_000_000]),
                new RecordHeader("small", new byte[3]));
        odd.await();
        ConsumerRecord<byte[], byte[]> deadLetter = odd.assertDeadLetter("undecodable", "");
        assertThat(deadLetter.key().length).isLessThan(300_000);
        assertThat(header(deadLetter, DeadLetters.KEY_BYTES)).isEqualTo("2000000");
        assertThat(header(deadLetter, DeadLetters.HEADERS)).isEqualTo("2");
    }

    @Test
    void rejectsAnImageWithHeadersThatDoNotFitIntoItsPrediction() throws Exception {
        Odd odd = new Odd();
        odd.send(odd.key(), odd.value(), new RecordHeader("large", new byte[990_000]));
        odd.await();
        odd.assertDeadLetter("invalid", "the headers have");
    }

    @Test
    void copiesTracingHeadersButNoSchemaIds() throws Exception {
        Odd odd = new Odd();
        byte[] value = odd.value();
        byte[] idHeader = Arrays.copyOf(value, 5);
        odd.send(
                odd.key(),
                Arrays.copyOfRange(value, 5, value.length),
                new RecordHeader("__value_schema_id", idHeader),
                new RecordHeader("__key_schema_id", idHeader),
                new RecordHeader(DeadLetters.REASON, "of an earlier life".getBytes(UTF_8)),
                new RecordHeader("trace", "7".getBytes(UTF_8)),
                new RecordHeader("empty", null));
        odd.await();
        ConsumerRecord<byte[], byte[]> prediction = odd.prediction();
        assertThat(prediction.headers().toArray()).extracting(Header::key).containsExactly("trace", "empty");
        // As an official client would read it.
        assertThat(new AvroDecoder<>(environment.schemas(), Prediction.class)
                        .decode(prediction.headers(), prediction.value()))
                .isInstanceOf(Decoded.Value.class);
    }

    @Test
    void readsAnImageWhoseSchemaHasAGuidIfTheRegistryKnowsIt() throws Exception {
        UUID guid = UUID.fromString("89791762-2336-186f-9674-180a8e2df366");
        Odd unknown = new Odd();
        unknown.send(unknown.key(), plain(unknown.image()), guidHeader(guid));
        unknown.await();
        unknown.assertDeadLetter("undecodable", "schema GUID " + guid);

        UUID known = UUID.fromString("11111111-2336-186f-9674-180a8e2df366");
        proxy.answerWithSchema("/schemas/guids/" + known, schema());
        Odd odd = new Odd();
        odd.send(odd.key(), plain(odd.image()), guidHeader(known));
        odd.await();
        assertThat(odd.prediction()).isNotNull();
    }

    private static Header guidHeader(UUID guid) {
        return new RecordHeader(
                "__value_schema_id",
                ByteBuffer.allocate(17)
                        .put((byte) 1)
                        .putLong(guid.getMostSignificantBits())
                        .putLong(guid.getLeastSignificantBits())
                        .array());
    }

    static Stream<Arguments> brokenHeaders() {
        return Stream.of(
                Arguments.of(new byte[0], "has 0 bytes"),
                Arguments.of(new byte[] {1, 2, 3}, "has 3 bytes"),
                Arguments.of(new byte[17], "has 17 bytes"),
                Arguments.of(null, "has no bytes"),
                Arguments.of(new byte[] {0, 0, 0, 0, 0}, "the schema id is 0"));
    }

    @ParameterizedTest
    @MethodSource("brokenHeaders")
    void rejectsABrokenSchemaIdInAHeader(byte @Nullable [] header, String message) throws Exception {
        Odd odd = new Odd();
        odd.send(odd.key(), odd.value(), new RecordHeader("__value_schema_id", header));
        odd.await();
        odd.assertDeadLetter("undecodable", message);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, Integer.MIN_VALUE, Integer.MAX_VALUE, 987_654})
    void rejectsASchemaIdThatDoesNotExist(int id) throws Exception {
        Odd odd = new Odd();
        odd.sendValue(bytes(new byte[] {0}, id, plain(odd.image())));
        odd.await();
        odd.assertDeadLetter("undecodable", id > 0 ? "the registry has no schema id " + id : "the schema id is " + id);
    }

    private static String schema() {
        return DigitImage.getClassSchema().toString();
    }

    /** Our schema with one more field, which is given with single quotes. */
    private static String with(String field) {
        String ours = schema();
        int end = ours.lastIndexOf(']');
        return ours.substring(0, end) + "," + field.replace('\'', '"') + ours.substring(end);
    }

    private static byte[] bytes(byte[] magic, int id, byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(magic);
        all.writeBytes(ByteBuffer.allocate(4).putInt(id).array());
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    private static byte[] plain(DigitImage image) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        var encoder = EncoderFactory.get().directBinaryEncoder(out, null);
        new SpecificDatumWriter<>(DigitImage.class).write(image, encoder);
        encoder.flush();
        // Reads back what was written, so that a test cannot send something else by mistake.
        new GenericDatumReader<>(DigitImage.getClassSchema())
                .read(null, DecoderFactory.get().binaryDecoder(out.toByteArray(), null));
        return out.toByteArray();
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        Header header = record.headers().lastHeader(name);
        assertThat(header).as("header %s", name).isNotNull();
        return new String(header.value(), UTF_8);
    }

    /** An odd record and the good images around it. */
    private final class Odd {
        private final String id = "odd-" + rows++;
        private long offset;

        Odd() {
            sendGood("before-");
        }

        DigitImage image() {
            return new DigitImage(id, 28, 28, ByteBuffer.wrap(new byte[784]), Instant.now());
        }

        byte[] key() {
            return id.getBytes(UTF_8);
        }

        byte[] value() {
            return images.serialize(topics.images(), image());
        }

        void sendValue(byte[] value) throws Exception {
            send(key(), value);
        }

        void send(byte[] key, byte[] value, Header... headers) throws Exception {
            offset = producer.send(new ProducerRecord<>(topics.images(), 0, key, value, List.of(headers)))
                    .get()
                    .offset();
        }

        private void sendGood(String prefix) {
            for (int i = 0; i < GOOD; i++) {
                String good = id + "-" + prefix + i;
                producer.send(new ProducerRecord<>(
                        topics.images(),
                        0,
                        good.getBytes(UTF_8),
                        images.serialize(
                                topics.images(),
                                new DigitImage(good, 28, 28, ByteBuffer.wrap(new byte[784]), Instant.now()))));
            }
            producer.flush();
        }

        /** Sends the good images after it, and waits for all. */
        void await() throws Exception {
            sendGood("after-");
            Await.until("the images around " + id + " are predicted, and it ends", IN_TIME, () -> {
                for (ConsumerRecord<byte[], byte[]> record : reader.poll(Duration.ofMillis(50))) {
                    if (record.topic().equals(topics.deadLetters())) {
                        deadLetters.add(record);
                    } else {
                        predictions.put(new String(record.key(), UTF_8), record);
                    }
                }
                return goodPredictions() == 2 * GOOD && (prediction() != null || deadLetter() != null);
            });
            assertThat(prediction() == null || deadLetter() == null)
                    .as("%s is either predicted or a dead letter", id)
                    .isTrue();
        }

        private long goodPredictions() {
            return predictions.keySet().stream()
                    .filter(key -> key.startsWith(id + "-"))
                    .count();
        }

        @Nullable
        ConsumerRecord<byte[], byte[]> prediction() {
            return predictions.get(id);
        }

        private @Nullable ConsumerRecord<byte[], byte[]> deadLetter() {
            return deadLetters.stream()
                    .filter(letter -> header(letter, DeadLetters.OFFSET).equals(Long.toString(offset)))
                    .findFirst()
                    .orElse(null);
        }

        ConsumerRecord<byte[], byte[]> assertDeadLetter(String reason, String message) {
            ConsumerRecord<byte[], byte[]> deadLetter = deadLetter();
            assertThat(deadLetter).as("the dead letter of %s", id).isNotNull();
            assertThat(header(deadLetter, DeadLetters.REASON)).isEqualTo(reason);
            assertThat(header(deadLetter, DeadLetters.MESSAGE))
                    .contains(message)
                    .hasSizeLessThan(1_000);
            return deadLetter;
        }
    }
}
