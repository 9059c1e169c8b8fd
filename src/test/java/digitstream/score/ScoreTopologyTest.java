package digitstream.score;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import digitstream.avro.Accuracy;
import digitstream.avro.DigitLabel;
import digitstream.avro.LabelCounts;
import digitstream.avro.ModelComparison;
import digitstream.avro.Prediction;
import digitstream.common.DrawnId;
import digitstream.common.EventTimeRange;
import digitstream.settings.ChallengeSettings;
import digitstream.settings.ScoreSettings;
import digitstream.settings.Topics;
import digitstream.streams.DeadLetters;
import digitstream.testing.PlainAvro;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ScoreTopologyTest {
    private static final Topics TOPICS = Topics.DEFAULT;
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final TopologyTestDriver driver = driver(1);
    private final TestInputTopic<byte[], byte[]> predictions =
            driver.createInputTopic(TOPICS.predictions(), new ByteArraySerializer(), new ByteArraySerializer());
    private final TestInputTopic<byte[], byte[]> labels =
            driver.createInputTopic(TOPICS.labels(), new ByteArraySerializer(), new ByteArraySerializer());
    private final TestOutputTopic<String, byte[]> accuracy =
            driver.createOutputTopic(TOPICS.accuracy(), new StringDeserializer(), new ByteArrayDeserializer());

    private TopologyTestDriver driver(int partitions) {
        return driver(partitions, false);
    }

    private TopologyTestDriver driver(int partitions, boolean drawnDigits) {
        return new TopologyTestDriver(
                new ScoreTopology(
                                TOPICS,
                                new ScoreSettings(
                                        windows(),
                                        Duration.ofSeconds(10),
                                        Duration.ofSeconds(1),
                                        Duration.ofMinutes(5),
                                        EventTimeRange.DEFAULT,
                                        drawnDigits),
                                ChallengeSettings.DEFAULT,
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

    @Test
    void publishesTheFiguresOfLabelledImages() {
        // Four labelled images, three of them correct, and one without a label.
        for (int i = 0; i < 4; i++) {
            predict("i" + i, "1", 7, 0.9f);
            label("i" + i, i < 3 ? 7 : 1, 2_000);
        }
        predict("late", "1", 7, 0.9f);
        Accuracy all = figures().get("m/1/all");

        assertThat(all.getPredicted()).isEqualTo(5);
        assertThat(all.getLabelled()).isEqualTo(4);
        assertThat(all.getCorrect()).isEqualTo(3);
        assertThat(all.getWrong()).isEqualTo(1);
        assertThat(all.getPending()).isEqualTo(1);
        assertThat(all.getCoverage()).isEqualTo(0.8);
        assertThat(all.getAccuracy()).isEqualTo(0.75);
        // Wilson's interval of 3 in 4.
        assertThat(all.getAccuracyLow()).isCloseTo(0.3006, within(1e-4));
        assertThat(all.getAccuracyHigh()).isCloseTo(0.9544, within(1e-4));
        assertThat(all.getConfusion().get(77)).isEqualTo(3);
        assertThat(all.getConfusion().get(17)).isEqualTo(1);
        assertThat(all.getClasses().get(7).getPrecision()).isEqualTo(0.75);
        assertThat(all.getClasses().get(7).getRecall()).isEqualTo(1.0);
        assertThat(all.getClasses().get(1).getRecall()).isZero();
        assertThat(all.getClasses().get(1).getPrecision()).isNull();
        assertThat(all.getClasses().get(0).getF1()).isNull();
        assertThat(all.getMeanConfidence()).isCloseTo(0.9, within(1e-6));
        assertThat(all.getExpectedCalibrationError()).isCloseTo(0.15, within(1e-6));
        assertThat(all.getLabelDelayMeanMillis()).isEqualTo(2_000.0);
        assertThat(all.getLabels()).isEqualTo(new LabelCounts(4L, 4L, 0L, 0L, 0L, 0L, 0L));
    }

    @Test
    void countsAnImageOnceDespiteDuplicatesAndAnyOrder() {
        label("a", 3, 1_000);
        predict("a", "1", 3, 0.9f);
        predict("a", "1", 3, 0.9f);
        predict("a", "2", 4, 0.9f);
        label("a", 3, 1_000);
        label("a", 4, 3_000);
        label("a", 9, 2_000);
        Map<String, Accuracy> figures = figures();

        assertThat(figures.get("m/1/all").getPredicted()).isEqualTo(1);
        assertThat(figures.get("m/1/all").getDuplicates()).isEqualTo(1);
        assertThat(figures.get("m/1/all").getCorrect()).isZero();
        assertThat(figures.get("m/2/all").getCorrect()).isEqualTo(1);
        assertThat(figures.get("m/2/all").getLabels()).isEqualTo(new LabelCounts(4L, 1L, 0L, 0L, 1L, 2L, 0L));
    }

    @Test
    void leavesDrawnDigitsOutUnlessAsked() {
        String drawn = DrawnId.next();
        predict("a", "1", 7, 0.9f);
        label("a", 7, 1_000);
        label(drawn, 7, 1_000);
        predict(drawn, "1", 3, 0.9f);
        predict(DrawnId.next(), "1", 3, 0.9f);
        // Not an id of a drawn digit.
        predict(DrawnId.PREFIX + "b", "1", 3, 0.9f);
        labels.pipeInput(utf8(drawn), utf8("?"));
        Accuracy all = figures().get("m/1/all");
        assertThat(all.getPredicted()).isEqualTo(2);
        assertThat(all.getLabelled()).isEqualTo(1);
        assertThat(all.getPending()).isEqualTo(1);
        assertThat(all.getLabels()).isEqualTo(new LabelCounts(1L, 1L, 0L, 0L, 0L, 0L, 0L));
        assertThat(meters.get("digits.left.out")
                        .tag("topic", TOPICS.predictions())
                        .counter()
                        .count())
                .isEqualTo(2);
        // The record that is no label is a dead letter, whatever its key.
        assertThat(meters.get("digits.left.out")
                        .tag("topic", TOPICS.labels())
                        .counter()
                        .count())
                .isEqualTo(1);
        driver.advanceWallClockTime(Duration.ofMinutes(6));
        assertThat(figures().get("m/1/all").getLabels().getOrphaned()).isZero();
    }

    @Test
    void scoresDrawnDigitsIfAsked() {
        try (TopologyTestDriver asked = driver(1, true)) {
            String drawn = DrawnId.next();
            asked.createInputTopic(TOPICS.predictions(), new ByteArraySerializer(), new ByteArraySerializer())
                    .pipeInput(utf8(drawn), prediction(drawn, "1", 3, 0.9f, START));
            asked.createInputTopic(TOPICS.labels(), new ByteArraySerializer(), new ByteArraySerializer())
                    .pipeInput(utf8(drawn), label(drawn, 7, START));
            asked.advanceWallClockTime(Duration.ofSeconds(1));
            asked.advanceWallClockTime(Duration.ofSeconds(1));
            Accuracy all = PlainAvro.read(
                    Accuracy.class,
                    asked.createOutputTopic(TOPICS.accuracy(), new StringDeserializer(), new ByteArrayDeserializer())
                            .readKeyValuesToMap()
                            .get("m/1/all"));
            assertThat(all.getConfusion().get(73)).isEqualTo(1);
        }
    }

    @Test
    void takesALabelBackWithARecordWithoutAValue() {
        predict("a", "1", 3, 0.9f);
        label("a", 4, 1_000);
        assertThat(figures().get("m/1/all").getWrong()).isEqualTo(1);
        labels.pipeInput(utf8("a"), null, START.plusSeconds(2));
        Accuracy retracted = figures().get("m/1/all");
        assertThat(retracted.getLabelled()).isZero();
        assertThat(retracted.getPending()).isEqualTo(1);
        assertThat(retracted.getLabels()).isEqualTo(new LabelCounts(2L, 0L, 0L, 0L, 0L, 0L, 2L));

        label("a", 4, 1_500);
        label("a", 3, 3_000);
        Accuracy again = figures().get("m/1/all");
        assertThat(again.getCorrect()).isEqualTo(1);
        assertThat(again.getWrong()).isZero();
        assertThat(again.getLabels()).isEqualTo(new LabelCounts(4L, 1L, 0L, 0L, 0L, 0L, 3L));
    }

    @Test
    void expiresWhatIsUnmatchedForTooLong() {
        predict("unlabelled", "1", 3, 0.9f);
        label("unpredicted", 3, 1_000);
        assertThat(figures().get("m/1/all").getPending()).isEqualTo(1);

        driver.advanceWallClockTime(Duration.ofMinutes(5));
        for (int i = 0; i < 10; i++) {
            driver.advanceWallClockTime(Duration.ofSeconds(1));
        }
        Accuracy expired = figures().get("m/1/all");
        assertThat(expired.getPending()).isZero();
        assertThat(expired.getExpired()).isEqualTo(1);
        assertThat(expired.getLabels()).isEqualTo(new LabelCounts(1L, 0L, 0L, 1L, 0L, 0L, 0L));

        // Too late: the image is no longer known.
        label("unlabelled", 3, 1_000);
        assertThat(figures().get("m/1/all").getLabelled()).isZero();
    }

    @Test
    void advancesWindowsAndPublishesOnlyChanges() {
        predict("a", "1", 3, 0.9f);
        label("a", 3, 1_000);
        assertThat(figures().get("m/1/1m").getCorrect()).isEqualTo(1);
        driver.advanceWallClockTime(Duration.ofSeconds(5));
        assertThat(accuracy.isEmpty()).isTrue();

        driver.advanceWallClockTime(Duration.ofSeconds(70));
        Map<String, Accuracy> later = figures();
        assertThat(later.get("m/1/1m").getPredicted()).isZero();
        assertThat(later.get("m/1/1m").getAccuracy()).isNull();
        assertThat(later).doesNotContainKey("m/1/all");
    }

    @Test
    void publishesLabelChangesForTheNewestModelVersionOnly() {
        predict("a", "1", 3, 0.9f);
        label("a", 3, 1_000);
        assertThat(figures()).containsOnlyKeys("m/1/1m", "m/1/10m", "m/1/all");
        assertThat(gauge("1", "1m")).isPresent();

        driver.advanceWallClockTime(Duration.ofMinutes(11));
        assertThat(figures()).containsOnlyKeys("m/1/1m", "m/1/10m");
        Instant later = START.plus(Duration.ofMinutes(11));
        predictions.pipeInput(utf8("b"), prediction("b", "2", 3, 0.9f, later));
        labels.pipeInput(utf8("b"), label("b", 3, later));
        assertThat(figures()).containsOnlyKeys("m/2/1m", "m/2/10m", "m/2/all");
        // This label changes the label outcomes, but no model's counts.
        labels.pipeInput(utf8("b"), label("b", 3, later.plusSeconds(1)));
        Map<String, Accuracy> figures = figures();
        assertThat(figures).containsOnlyKeys("m/2/1m", "m/2/10m", "m/2/all");
        assertThat(figures.get("m/2/all").getLabels().getDuplicate()).isEqualTo(1);

        // The empty windows of the old version have no gauges.
        assertThat(gauge("1", "1m")).isEmpty();
        assertThat(gauge("1", "10m")).isEmpty();
        assertThat(gauge("1", "all")).contains(1.0);
        assertThat(gauge("2", "1m")).contains(1.0);
    }

    private Optional<Double> gauge(String version, String window) {
        return Optional.ofNullable(meters.find("digits.accuracy.ratio")
                        .tags("model_version", version, "window", window)
                        .gauge())
                .map(Gauge::value);
    }

    @Test
    void countsAFutureImageNowAndAnOldOneSinceTheStartOnly() {
        predictions.pipeInput(utf8("future"), prediction("future", "1", 3, 0.9f, START.plus(Duration.ofHours(23))));
        predictions.pipeInput(utf8("past"), prediction("past", "1", 3, 0.9f, Instant.parse("2000-01-01T00:00:00Z")));
        Map<String, Accuracy> figures = figures();
        assertThat(figures.get("m/1/1m").getPredicted()).isEqualTo(1);
        assertThat(figures.get("m/1/all").getPredicted()).isEqualTo(2);
    }

    @Test
    void scoresRecordsInTheWrongPartitionByWayOfATopicWithoutTheirHeaders() {
        // The driver has all records in partition 0, which is right for about a quarter of the keys.
        try (TopologyTestDriver four = driver(4)) {
            TestInputTopic<byte[], byte[]> in =
                    four.createInputTopic(TOPICS.predictions(), new ByteArraySerializer(), new ByteArraySerializer());
            TestInputTopic<byte[], byte[]> labelled =
                    four.createInputTopic(TOPICS.labels(), new ByteArraySerializer(), new ByteArraySerializer());
            RecordHeaders large = new RecordHeaders();
            large.add("large", new byte[900_000]);
            for (int i = 0; i < 40; i++) {
                String id = "i" + i;
                in.pipeInput(new TestRecord<>(utf8(id), prediction(id, "1", 7, 0.9f, START), large));
                labelled.pipeInput(new TestRecord<>(utf8(id), label(id, 7, START), large));
            }
            List<TestRecord<byte[], byte[]>> moved = four.createOutputTopic(
                            four.producedTopicNames().stream()
                                    .filter(name -> name.endsWith("misplaced-repartition"))
                                    .findFirst()
                                    .orElseThrow(),
                            new ByteArrayDeserializer(),
                            new ByteArrayDeserializer())
                    .readRecordsToList();
            assertThat(moved).hasSizeBetween(40, 75).allSatisfy(record -> {
                assertThat(record.headers()).isEmpty();
                assertThat(record.value()).hasSizeLessThan(100);
            });
            assertThat(misplaced(TOPICS.labels()))
                    .isEqualTo(misplaced(TOPICS.predictions()))
                    .isEqualTo(moved.size() / 2.0);

            four.advanceWallClockTime(Duration.ofSeconds(1));
            four.advanceWallClockTime(Duration.ofSeconds(1));
            Map<String, byte[]> figures = four.createOutputTopic(
                            TOPICS.accuracy(), new StringDeserializer(), new ByteArrayDeserializer())
                    .readKeyValuesToMap();
            Accuracy all = PlainAvro.read(Accuracy.class, figures.get("m/1/all"));
            assertThat(all.getPredicted()).isEqualTo(40);
            assertThat(all.getCorrect()).isEqualTo(40);
        }
    }

    private double misplaced(String topic) {
        return meters.get("digits.misplaced").tag("topic", topic).counter().count();
    }

    @Test
    void givesTheNewestModelVersionsTheirOwnMetricsAndSumsTheRest() {
        int versions = 500;
        for (int i = 0; i < versions; i++) {
            String id = "i" + i;
            String version = i == 0 ? "in-service" : "v" + i;
            predict(id, version, 7, 0.9f);
            label(id, i % 10 == 0 ? 1 : 7, 1_000);
            predict("busy" + i, "in-service", 7, 0.9f);
            if (i % 50 == 0) {
                driver.advanceWallClockTime(Duration.ofSeconds(1));
            }
        }
        driver.advanceWallClockTime(Duration.ofSeconds(1));
        driver.advanceWallClockTime(Duration.ofSeconds(1));

        assertThat(meters.find("digits.accuracy.predicted").tag("window", "all").gauges())
                .hasSize(VersionUse.MAX_SHOWN + 1);
        assertThat(predicted("in-service")).isEqualTo(versions + 1.0);
        assertThat(predicted("v499")).isEqualTo(1);
        assertThat(predicted("other")).isEqualTo(versions - VersionUse.MAX_SHOWN);
        assertThat(gauge("other", "10m").orElseThrow()).isCloseTo(0.9, within(0.02));
        assertThat(meters.find("digits.accuracy.predicted")
                        .tag("model_version", "v1")
                        .gauges())
                .isEmpty();

        assertThat(meters.find("digits.confusion").tag("model_version", "other").counters())
                .isNotEmpty();
        assertThat(meters.get("digits.confusion").counters())
                .hasSizeLessThan(3 * VersionUse.MAX_SHOWN)
                .allSatisfy(cell -> assertThat(cell.count()).isPositive());
        // Every version is still published.
        assertThat(accuracy.readKeyValuesToMap()).hasSizeGreaterThanOrEqualTo(3 * versions);
    }

    private double predicted(String version) {
        return meters.get("digits.accuracy.predicted")
                .tags("model_version", version, "window", "all")
                .gauge()
                .value();
    }

    @Test
    void ignoresALabelDatedYearsAheadSoThatCorrectionsStillApply() {
        predict("a", "1", 7, 0.9f);
        labels.pipeInput(utf8("a"), label("a", 1, START.plus(Duration.ofDays(3_650))));
        labels.pipeInput(utf8("a"), label("a", 1, Instant.ofEpochMilli(Long.MAX_VALUE)));
        label("a", 7, 1_000);
        Accuracy all = figures().get("m/1/all");
        assertThat(all.getCorrect()).isEqualTo(1);
        assertThat(all.getLabels()).isEqualTo(new LabelCounts(1L, 1L, 0L, 0L, 0L, 0L, 0L));
    }

    @Test
    void deadLettersWhatItCannotScore() {
        labels.pipeInput(utf8("a"), utf8("?"));
        predictions.pipeInput(utf8("b"), (byte[]) null);
        labels.pipeInput(new byte[0], (byte[]) null);
        labels.pipeInput(null, label("c", 1, START));
        labels.pipeInput(utf8("d"), label("other", 1, START));
        labels.pipeInput(utf8("e"), label("e", 10, START));
        predictions.pipeInput(utf8("f"), prediction("f", "1", -1, 0.9f, START));
        predictions.pipeInput(utf8("g"), prediction("g", "1", 1, Float.NaN, START));
        predictions.pipeInput(utf8("h"), prediction("h", "x".repeat(70_000), 1, 0.9f, START));
        predictions.pipeInput(utf8("i"), prediction("i", "1", 1, 0.9f, Instant.ofEpochMilli(Long.MIN_VALUE)));
        labels.pipeInput(utf8("j"), label("x".repeat(600_000), 1, START));
        labels.pipeInput(new byte[] {(byte) 0xff}, label("\uFFFD", 1, START));
        var deadLetters = driver.createOutputTopic(
                TOPICS.deadLetters(), new ByteArrayDeserializer(), new ByteArrayDeserializer());
        assertThat(deadLetters.readRecordsToList().stream()
                        .map(deadLetter -> new String(
                                deadLetter
                                        .headers()
                                        .lastHeader(DeadLetters.REASON)
                                        .value(),
                                UTF_8)))
                .containsExactly(
                        "undecodable",
                        "null-value",
                        "invalid",
                        "null-key",
                        "invalid",
                        "invalid",
                        "invalid",
                        "invalid",
                        "invalid",
                        "invalid",
                        "invalid",
                        "invalid");
        assertThat(figures()).isEmpty();
    }

    /** The latest new record of each key, after two publish intervals. */
    private Map<String, Accuracy> figures() {
        driver.advanceWallClockTime(Duration.ofSeconds(1));
        driver.advanceWallClockTime(Duration.ofSeconds(1));
        Map<String, Accuracy> figures = new HashMap<>();
        for (KeyValue<String, byte[]> record : accuracy.readKeyValuesToList()) {
            figures.put(record.key, PlainAvro.read(Accuracy.class, record.value));
        }
        return figures;
    }

    private void predict(String id, String version, int digit, float confidence) {
        predictions.pipeInput(utf8(id), prediction(id, version, digit, confidence, START));
    }

    private void label(String id, int digit, long millisLater) {
        labels.pipeInput(utf8(id), label(id, digit, START.plusMillis(millisLater)));
    }

    private static byte[] label(String id, int digit, Instant at) {
        return PlainAvro.bytes(DigitLabel.class, new DigitLabel(id, digit, at));
    }

    private static byte[] prediction(String id, String version, int digit, float confidence, Instant eventTime) {
        return PlainAvro.bytes(
                Prediction.class,
                new Prediction(
                        id,
                        digit,
                        confidence,
                        Collections.nCopies(10, 0.1f),
                        "m",
                        version,
                        "digits.images",
                        0,
                        0L,
                        eventTime,
                        eventTime,
                        1));
    }

    private static byte[] utf8(String text) {
        return text.getBytes(UTF_8);
    }

    private static Map<String, Duration> windows() {
        Map<String, Duration> windows = new LinkedHashMap<>();
        windows.put("1m", Duration.ofMinutes(1));
        windows.put("10m", Duration.ofMinutes(10));
        return windows;
    }
}
