package digitstream.score;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import digitstream.avro.Accuracy;
import digitstream.avro.ComparisonDecision;
import digitstream.avro.DigitLabel;
import digitstream.avro.ModelComparison;
import digitstream.avro.PairFigures;
import digitstream.avro.Prediction;
import digitstream.challenge.Comparison;
import digitstream.challenge.Pairs;
import digitstream.common.DrawnId;
import digitstream.settings.ChallengeSettings;
import digitstream.settings.ScoreSettings;
import digitstream.settings.Topics;
import digitstream.testing.PlainAvro;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** From predictions, challengers' predictions and labels to comparisons, without a broker. */
class ComparisonTopologyTest {
    private static final Topics TOPICS = Topics.DEFAULT;
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final Duration RETENTION = Duration.ofDays(30);
    private static final String KEY = "m/1 m/2";

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private TopologyTestDriver driver = driver(1);

    private TopologyTestDriver driver(int partitions) {
        return new TopologyTestDriver(
                new ScoreTopology(
                                TOPICS,
                                ScoreSettings.DEFAULT,
                                new ChallengeSettings(0.05, 2, RETENTION),
                                1_000_000,
                                partitions,
                                () -> PlainAvro.decoder(Prediction.class),
                                () -> PlainAvro.decoder(DigitLabel.class),
                                PlainAvro.serializer(Accuracy.class),
                                PlainAvro.serializer(ModelComparison.class),
                                new ScoreMetrics(meters))
                        .build(),
                new Properties(),
                START);
    }

    @AfterEach
    void close() {
        driver.close();
    }

    private void send(String topic, String id, byte[] value) {
        TestInputTopic<byte[], byte[]> input =
                driver.createInputTopic(topic, new ByteArraySerializer(), new ByteArraySerializer());
        input.pipeInput(id.getBytes(UTF_8), value, START);
    }

    private void predict(String topic, String id, String version, int digit) {
        send(
                topic,
                id,
                PlainAvro.bytes(
                        Prediction.class,
                        new Prediction(
                                id,
                                digit,
                                0.9f,
                                Collections.nCopies(10, 0.1f),
                                "m",
                                version,
                                "digits.images",
                                0,
                                0L,
                                START,
                                START,
                                1)));
    }

    private void champion(String id, int digit) {
        predict(TOPICS.predictions(), id, "1", digit);
    }

    private void challenger(String id, int digit) {
        predict(TOPICS.challengerPredictions(), id, "2", digit);
    }

    private void label(String id, int digit) {
        send(TOPICS.labels(), id, PlainAvro.bytes(DigitLabel.class, new DigitLabel(id, digit, START)));
    }

    /** Lets two seconds pass, and returns what was published. */
    private Map<String, ModelComparison> comparisons() {
        driver.advanceWallClockTime(Duration.ofSeconds(1));
        driver.advanceWallClockTime(Duration.ofSeconds(1));
        TestOutputTopic<String, byte[]> output =
                driver.createOutputTopic(TOPICS.comparisons(), new StringDeserializer(), new ByteArrayDeserializer());
        Map<String, ModelComparison> found = new LinkedHashMap<>();
        output.readKeyValuesToList()
                .forEach(record -> found.put(record.key, PlainAvro.read(ModelComparison.class, record.value)));
        return found;
    }

    private static Pairs pairs(PairFigures figures) {
        return new Pairs(
                figures.getBothRight(), figures.getOnlyChampion(), figures.getOnlyChallenger(), figures.getBothWrong());
    }

    @Test
    void publishesThePairsAndWhatTheyTell() {
        for (int i = 0; i < 40; i++) {
            champion("i" + i, i < 30 ? 4 : 7);
            challenger("i" + i, 7);
            label("i" + i, 7);
        }
        challenger("not classified by the champion", 7);
        label("not classified by the champion", 7);
        champion("not labelled", 7);
        challenger("not labelled", 7);

        Map<String, ModelComparison> found = comparisons();
        assertThat(found.keySet()).containsExactly(KEY);
        ModelComparison comparison = found.get(KEY);
        Pairs expected = new Pairs(10, 0, 30, 0);
        Comparison figures = Comparison.of(expected, 0.025);
        assertThat(comparison.getAlpha()).isEqualTo(0.025);
        assertThat(pairs(comparison.getAll())).isEqualTo(expected);
        assertThat(comparison.getAll().getDifference()).isEqualTo(0.75);
        assertThat(comparison.getAll().getDifferenceLow())
                .isEqualTo(figures.difference().low())
                .isCloseTo(0.5, within(0.2));
        assertThat(comparison.getAll().getDifferenceHigh())
                .isEqualTo(figures.difference().high());
        assertThat(comparison.getAll().getChallengerBetterLogE())
                .isEqualTo(figures.challengerBetter().log())
                .isGreaterThan(-Math.log(0.025));
        assertThat(comparison.getAll().getChampionBetterLogE())
                .isEqualTo(figures.championBetter().log())
                .isNegative();
        assertThat(comparison.getAll().getMoreLabels()).isZero();
        assertThat(comparison.getDecision()).isEqualTo(ComparisonDecision.CHALLENGER_BETTER);
        assertThat(comparison.getReason())
                .startsWith("m/2 beats m/1: 30 of 30 discordant pairs, difference +75.00 points (");
        assertThat(comparison.getClasses()).hasSize(10);
        assertThat(pairs(comparison.getClasses().get(7))).isEqualTo(expected);
        assertThat(pairs(comparison.getClasses().get(4))).isEqualTo(Pairs.NONE);
        assertThat(comparison.getClasses().get(4).getMoreLabels()).isNull();
    }

    @Test
    void publishesOnlyWhatChangesAndTakesBackWhatWasCorrected() {
        champion("a", 3);
        challenger("a", 4);
        label("a", 3);
        assertThat(pairs(comparisons().get(KEY).getAll())).isEqualTo(new Pairs(0, 1, 0, 0));
        // A replay, and a label that says the same.
        champion("a", 3);
        challenger("a", 4);
        label("a", 3);
        assertThat(comparisons()).isEmpty();

        send(TOPICS.labels(), "a", null);
        assertThat(pairs(comparisons().get(KEY).getAll())).isEqualTo(Pairs.NONE);
        send(TOPICS.labels(), "a", PlainAvro.bytes(DigitLabel.class, new DigitLabel("a", 4, START.plusSeconds(1))));
        ModelComparison corrected = comparisons().get(KEY);
        assertThat(pairs(corrected.getAll())).isEqualTo(new Pairs(0, 0, 1, 0));
        assertThat(pairs(corrected.getClasses().get(4))).isEqualTo(new Pairs(0, 0, 1, 0));
        assertThat(corrected.getDecision()).isEqualTo(ComparisonDecision.UNDECIDED);
    }

    @Test
    void givesAChallengerTheFiguresOfAnyVersionAndLeavesDrawnDigitsOut() {
        String drawn = DrawnId.next();
        for (String id : new String[] {"a", drawn}) {
            champion(id, 3);
            challenger(id, 4);
            challenger(id, 4);
            label(id, 4);
        }
        assertThat(pairs(comparisons().get(KEY).getAll())).isEqualTo(new Pairs(0, 0, 1, 0));
        Accuracy ofChallenger = PlainAvro.read(
                Accuracy.class,
                driver.createOutputTopic(TOPICS.accuracy(), new StringDeserializer(), new ByteArrayDeserializer())
                        .readKeyValuesToMap()
                        .get("m/2/all"));
        assertThat(ofChallenger.getCorrect()).isEqualTo(1);
        assertThat(ofChallenger.getPredicted()).isEqualTo(1);
        assertThat(ofChallenger.getDuplicates()).isEqualTo(1);
        assertThat(meters.get("digits.left.out")
                        .tag("topic", TOPICS.challengerPredictions())
                        .counter()
                        .count())
                .isEqualTo(2);
    }

    @Test
    void countsPairsByTheChampionOfEachImage() {
        champion("before", 3);
        challenger("before", 3);
        label("before", 3);
        // The challenger is promoted, and the champion goes on in the shadow.
        predict(TOPICS.predictions(), "after", "2", 3);
        predict(TOPICS.challengerPredictions(), "after", "1", 4);
        label("after", 3);
        Map<String, ModelComparison> found = comparisons();
        assertThat(found.keySet()).containsExactlyInAnyOrder(KEY, "m/2 m/1");
        assertThat(pairs(found.get(KEY).getAll())).isEqualTo(new Pairs(1, 0, 0, 0));
        assertThat(pairs(found.get("m/2 m/1").getAll())).isEqualTo(new Pairs(0, 1, 0, 0));
    }

    @Test
    void countsRecordsInTheWrongPartitionAsWell() {
        driver.close();
        driver = driver(4);
        for (int i = 0; i < 40; i++) {
            champion("i" + i, 3);
            challenger("i" + i, i % 2 == 0 ? 3 : 4);
            label("i" + i, 3);
        }
        assertThat(pairs(comparisons().get(KEY).getAll())).isEqualTo(new Pairs(20, 20, 0, 0));
    }

    @Test
    void forgetsPairsThatHaveNotChangedForTheRetention() {
        champion("a", 3);
        challenger("a", 3);
        label("a", 3);
        assertThat(comparisons()).containsOnlyKeys(KEY);
        driver.advanceWallClockTime(RETENTION.plusSeconds(10));
        assertThat(comparisons()).isEmpty();
        for (String store : new String[] {"pairs-by-partition", "pairs"}) {
            try (KeyValueIterator<byte[], byte[]> all =
                    driver.<byte[], byte[]>getKeyValueStore(store).all()) {
                assertThat(all.hasNext()).as(store).isFalse();
            }
        }
        champion("b", 3);
        challenger("b", 4);
        label("b", 3);
        assertThat(pairs(comparisons().get(KEY).getAll())).isEqualTo(new Pairs(0, 1, 0, 0));
    }
}
