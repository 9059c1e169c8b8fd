package digitstream.score;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import digitstream.avro.DigitLabel;
import digitstream.avro.ModelComparison;
import digitstream.avro.PairFigures;
import digitstream.avro.Prediction;
import digitstream.challenge.Comparison;
import digitstream.challenge.PairCounts;
import digitstream.challenge.Pairs;
import digitstream.client.CommittedReader;
import digitstream.common.Json;
import digitstream.local.ServeProcess;
import digitstream.serde.AvroDecoder;
import digitstream.serde.AvroSerializer;
import digitstream.serde.Decoded;
import digitstream.settings.Settings;
import digitstream.testing.Await;
import digitstream.testing.CommandLineProcess;
import digitstream.testing.Environment;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Compares the pairs that two scoring processes count on a real broker with an oracle that knows each image. */
@ExtendWith(Environment.Extension.class)
class ComparisonIT {
    private static final int IMAGES = 4_000;

    @TempDir
    private Path folder;

    private final Random random = new Random(7);
    private final Instant now = Instant.now();
    private final List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
    private final Map<String, PairCounts> expected = new TreeMap<>();

    @Test
    void countsThePairsOfEachImageAlthoughOneOfTwoProcessesIsKilled(Environment environment) throws Exception {
        Map<String, String> given = environment.freshTopics();
        Settings settings = Settings.parse(given);
        for (int i = 0; i < IMAGES; i++) {
            image("image-" + i, i, environment, settings);
        }
        Collections.shuffle(records, random);

        AvroDecoder<ModelComparison> decoder = new AvroDecoder<>(environment.schemas(), ModelComparison.class);
        Map<String, ModelComparison> published = new TreeMap<>();
        try (CommittedReader reader = new CommittedReader(
                        environment.clients(), List.of(settings.topics().comparisons()), true);
                ServeProcess surviving = start(environment, given, "surviving")) {
            ServeProcess killed = start(environment, given, "killed");
            surviving.awaitReady();
            killed.awaitReady();
            produce(environment, records.subList(0, IMAGES));
            Await.until("comparisons", Duration.ofSeconds(60), () -> read(reader, decoder, published) > 0);
            killed.process().kill();
            produce(environment, records.subList(IMAGES, records.size()));
            Await.until("all pairs are counted", Duration.ofMinutes(2), () -> {
                read(reader, decoder, published);
                return counts(published).equals(expected);
            });
        }

        assertThat(published.keySet()).containsExactly("m/v1 m/shadow", "m/v2 m/shadow", "m/v2 m/v1");
        published.forEach((key, comparison) -> {
            Pairs total = expected.get(key).total();
            assertThat(total.labelled()).isGreaterThan(100);
            assertThat(comparison.getAll().getChallengerBetterLogE())
                    .isEqualTo(Comparison.of(total, 0.05).challengerBetter().log());
        });
        showsThem(environment, given);
    }

    private void showsThem(Environment environment, Map<String, String> given) throws Exception {
        Pairs total = expected.get("m/v2 m/shadow").total();
        String pairs = String.format(
                Locale.ROOT,
                "Pairs:       %,d labelled images that both have classified, %,d of them discordant",
                total.labelled(),
                total.discordant());
        CommandLineProcess asGiven = run(environment, given, "models", "compare", "v2", "m/shadow");
        assertThat(asGiven.exitValue()).as(asGiven.err()).isZero();
        assertThat(asGiven.out()).contains("Champion:    m/v2", "Challenger:  m/shadow", pairs, "Decision: ");
        // The roles of the only comparison of these two.
        assertThat(run(environment, given, "models", "compare", "shadow", "v2").out())
                .contains("Champion:    m/v2", "Challenger:  m/shadow", pairs);
        CommandLineProcess none = run(environment, given, "models", "compare", "v1", "v3");
        assertThat(none.exitValue()).isEqualTo(1);
        assertThat(none.err())
                .startsWith("digitstream: there is no comparison of 'v1' and 'v3': no image has a prediction of both");

        CommandLineProcess tail =
                run(environment, given, "tail", "comparisons", "--from-beginning", "--max-messages", "1");
        assertThat(Json.COMPACT.readTree(tail.out()).get("all").get("bothRight").isIntegralNumber())
                .isTrue();
    }

    private CommandLineProcess run(Environment environment, Map<String, String> given, String... command)
            throws Exception {
        List<String> arguments = new ArrayList<>(List.of(command));
        arguments.addAll(List.of(
                "--bootstrap-server",
                environment.bootstrapServers(),
                "--schema-registry",
                environment.schemaRegistryUrl()));
        given.forEach((name, value) -> arguments.addAll(List.of("--property", name + "=" + value)));
        return CommandLineProcess.run(folder, arguments.toArray(String[]::new));
    }

    /**
     * An image with its predictions, labels, corrections and retractions. The second half of the images is after a promotion of v2,
     * from which on v1 goes on in the shadow.
     */
    private void image(String id, int number, Environment environment, Settings settings) {
        boolean promoted = number >= IMAGES / 2;
        List<Prediction> champions = new ArrayList<>();
        List<Prediction> challengers = new ArrayList<>();
        if (random.nextInt(10) > 0) {
            champions.add(prediction(id, promoted ? "v2" : "v1"));
        }
        if (random.nextInt(5) > 0) {
            challengers.add(prediction(id, "shadow"));
        }
        if (promoted && random.nextBoolean()) {
            challengers.add(prediction(id, "v1"));
        }
        add(champions, settings.topics().predictions(), environment);
        add(challengers, settings.topics().challengerPredictions(), environment);
        int label = labels(id, environment, settings);
        if (label < 0) {
            return;
        }
        for (Prediction champion : champions) {
            for (Prediction challenger : challengers) {
                expected.computeIfAbsent(
                                "m/" + champion.getModelVersion() + " m/" + challenger.getModelVersion(),
                                ignored -> new PairCounts())
                        .add(1, label, champion.getLabel() == label, challenger.getLabel() == label);
            }
        }
    }

    private void add(List<Prediction> predictions, String topic, Environment environment) {
        AvroSerializer<Prediction> serializer = new AvroSerializer<>(environment.schemas(), Prediction.class);
        for (Prediction prediction : predictions) {
            // Some are replayed.
            int times = random.nextInt(8) == 0 ? 2 : 1;
            records.addAll(Collections.nCopies(
                    times,
                    new ProducerRecord<>(
                            topic, prediction.getImageId().getBytes(UTF_8), serializer.serialize(topic, prediction))));
        }
    }

    /** Adds up to three labels and retractions of an image, and returns which label applies in the end, -1 if none does. */
    private int labels(String id, Environment environment, Settings settings) {
        String topic = settings.topics().labels();
        AvroSerializer<DigitLabel> serializer = new AvroSerializer<>(environment.schemas(), DigitLabel.class);
        int latest = -1;
        int count = random.nextInt(4);
        for (int i = 0; i < count; i++) {
            // Distinct and ascending; the records are shuffled afterwards.
            Instant at = now.minusSeconds(100 - i).plusMillis(random.nextInt(1_000));
            boolean retraction = random.nextInt(5) == 0;
            latest = retraction ? -1 : random.nextInt(4);
            records.add(new ProducerRecord<>(
                    topic,
                    null,
                    at.toEpochMilli(),
                    id.getBytes(UTF_8),
                    retraction ? null : serializer.serialize(topic, new DigitLabel(id, latest, at))));
        }
        return latest;
    }

    private Prediction prediction(String id, String version) {
        return new Prediction(
                id, random.nextInt(4), 0.9f, Collections.nCopies(10, 0.1f), "m", version, "images", 0, 0L, now, now, 1);
    }

    private ServeProcess start(Environment environment, Map<String, String> given, String name) throws Exception {
        List<String> arguments = environment.serveArguments(
                folder.resolve("state-" + name),
                given,
                "--only",
                "score",
                "--property",
                "consumer.session.timeout.ms=6000",
                "--property",
                "producer.transaction.timeout.ms=5000");
        return ServeProcess.start(CommandLineProcess.home(), arguments, folder.resolve(name + ".log"));
    }

    private static void produce(Environment environment, List<ProducerRecord<byte[], byte[]>> some) {
        try (Producer<byte[], byte[]> producer = environment.producer()) {
            some.forEach(producer::send);
        }
    }

    private static Map<String, PairCounts> counts(Map<String, ModelComparison> published) {
        Map<String, PairCounts> counts = new HashMap<>();
        published.forEach((key, comparison) -> {
            long[] cells = comparison.getClasses().stream()
                    .flatMapToLong(ComparisonIT::cells)
                    .toArray();
            counts.put(key, PairCounts.of(cells));
        });
        return counts;
    }

    private static LongStream cells(PairFigures figures) {
        return LongStream.of(
                figures.getBothRight(), figures.getOnlyChampion(), figures.getOnlyChallenger(), figures.getBothWrong());
    }

    private static int read(
            CommittedReader reader, AvroDecoder<ModelComparison> decoder, Map<String, ModelComparison> into) {
        for (ConsumerRecord<byte[], byte[]> record : reader.poll(Duration.ofMillis(100))) {
            into.put(
                    new String(record.key(), UTF_8),
                    ((Decoded.Value<ModelComparison>) decoder.decode(record.headers(), record.value())).value());
        }
        return into.size();
    }
}
