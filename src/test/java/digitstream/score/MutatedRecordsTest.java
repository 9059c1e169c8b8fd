package digitstream.score;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import digitstream.avro.Accuracy;
import digitstream.avro.DigitLabel;
import digitstream.avro.LabelCounts;
import digitstream.avro.ModelComparison;
import digitstream.avro.Prediction;
import digitstream.settings.ChallengeSettings;
import digitstream.settings.ScoreSettings;
import digitstream.settings.Topics;
import digitstream.testing.PlainAvro;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;

/** Changes valid labels and predictions at random: each must be counted once, or be a dead letter. */
class MutatedRecordsTest {
    private static final Topics TOPICS = Topics.DEFAULT;
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final int RECORDS = 200;
    private static final long[] TIMES = {
        0, -1, Long.MIN_VALUE, Long.MAX_VALUE, 946_684_800_000L, 946_684_799_999L, 1_767_225_600L, -62_135_596_800_000L
    };
    private static final String[] TEXTS = {"", "a", "a/b", "/", "\n", "\uFFFD", "\uD83D\uDE00", "x".repeat(300)};
    private static final float[] NUMBERS = {Float.NaN, Float.NEGATIVE_INFINITY, -0.0f, 1, 1.0001f, Float.MIN_VALUE};

    @Property(tries = 25)
    void countsEachRecordOnceOrRejectsIt(@ForAll long seed) {
        Random random = new Random(seed);
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        try (TopologyTestDriver driver = new TopologyTestDriver(
                new ScoreTopology(
                                TOPICS,
                                ScoreSettings.DEFAULT,
                                ChallengeSettings.DEFAULT,
                                1_000_000,
                                1 + random.nextInt(4),
                                () -> PlainAvro.decoder(Prediction.class),
                                () -> PlainAvro.decoder(DigitLabel.class),
                                PlainAvro.serializer(Accuracy.class),
                                PlainAvro.serializer(ModelComparison.class),
                                new ScoreMetrics(meters))
                        .build(),
                new Properties(),
                START)) {
            TestInputTopic<byte[], byte[]> predicted =
                    driver.createInputTopic(TOPICS.predictions(), new ByteArraySerializer(), new ByteArraySerializer());
            TestInputTopic<byte[], byte[]> labelled =
                    driver.createInputTopic(TOPICS.labels(), new ByteArraySerializer(), new ByteArraySerializer());
            int labels = 0;
            for (int i = 0; i < RECORDS; i++) {
                boolean label = random.nextBoolean();
                labels += label ? 1 : 0;
                String id = "i" + random.nextInt(30);
                (label ? labelled : predicted)
                        .pipeInput(new TestRecord<>(
                                key(id, random),
                                mutated(label ? label(id, random) : prediction(id, random), random),
                                new RecordHeaders().add("h", new byte[random.nextInt(100)]),
                                START));
            }
            // A valid pair, so that the figures are published.
            predicted.pipeInput(utf8("last"), PlainAvro.bytes(Prediction.class, valid("last")));
            driver.advanceWallClockTime(Duration.ofSeconds(1));
            driver.advanceWallClockTime(Duration.ofSeconds(1));
            assertEachCountedOnce(driver, labels);
            meters.getMeters().forEach(meter -> meter.measure()
                    .forEach(measured -> assertThat(measured.getValue() < 0).isFalse()));
        }
    }

    private static void assertEachCountedOnce(TopologyTestDriver driver, int labels) {
        long rejectedLabels = 0;
        long rejectedPredictions = 0;
        for (TestRecord<byte[], byte[]> deadLetter : driver.createOutputTopic(
                        TOPICS.deadLetters(), new ByteArrayDeserializer(), new ByteArrayDeserializer())
                .readRecordsToList()) {
            byte[] topic =
                    deadLetter.headers().lastHeader("__streams.errors.topic").value();
            if (new String(topic, UTF_8).equals(TOPICS.labels())) {
                rejectedLabels++;
            } else {
                rejectedPredictions++;
            }
        }
        Map<String, byte[]> figures = driver.createOutputTopic(
                        TOPICS.accuracy(), new StringDeserializer(), new ByteArrayDeserializer())
                .readKeyValuesToMap();
        long predictions = 0;
        LabelCounts outcomes = new LabelCounts();
        for (Map.Entry<String, byte[]> record : figures.entrySet()) {
            if (record.getKey().endsWith("/all")) {
                Accuracy all = PlainAvro.read(Accuracy.class, record.getValue());
                assertThat(record.getKey()).isEqualTo(all.getModelName() + "/" + all.getModelVersion() + "/all");
                assertThat(all.getPredicted()).isEqualTo(all.getLabelled() + all.getPending() + all.getExpired());
                predictions += all.getPredicted() + all.getDuplicates();
                outcomes = all.getLabels();
            }
        }
        assertThat(predictions).isEqualTo(RECORDS - labels + 1 - rejectedPredictions);
        assertThat(outcomes.getReceived())
                .isEqualTo(labels - rejectedLabels)
                .isEqualTo(outcomes.getMatched()
                        + outcomes.getPending()
                        + outcomes.getOrphaned()
                        + outcomes.getDuplicate()
                        + outcomes.getCorrected()
                        + outcomes.getRetracted());
    }

    private static byte[] key(String id, Random random) {
        return switch (random.nextInt(20)) {
            case 0 -> null;
            case 1 -> new byte[0];
            case 2 -> new byte[] {(byte) 0xff};
            case 3 -> new byte[100_000];
            default -> utf8(id);
        };
    }

    private static byte[] label(String id, Random random) {
        DigitLabel label = new DigitLabel(id, random.nextInt(10), START.plusMillis(random.nextInt(10_000)));
        switch (random.nextInt(10)) {
            case 0 -> label.setLabel(random.nextInt());
            case 1 -> label.setLabelledAt(Instant.ofEpochMilli(time(random)));
            case 2 -> label.setImageId(text(random));
            default -> {}
        }
        return PlainAvro.bytes(DigitLabel.class, label);
    }

    private static byte[] prediction(String id, Random random) {
        Prediction prediction = valid(id);
        prediction.setLabel(random.nextInt(10));
        switch (random.nextInt(20)) {
            case 0 -> prediction.setLabel(random.nextInt());
            case 1 -> prediction.setEventTime(Instant.ofEpochMilli(time(random)));
            case 2 -> prediction.setImageId(text(random));
            case 3 -> prediction.setModelName(text(random));
            case 4 -> prediction.setModelVersion(text(random));
            case 5 -> prediction.setConfidence(NUMBERS[random.nextInt(NUMBERS.length)]);
            case 6 -> prediction.setProbabilities(Collections.nCopies(random.nextInt(20), 0.1f));
            case 7 -> {
                List<Float> probabilities = new ArrayList<>(prediction.getProbabilities());
                probabilities.set(random.nextInt(10), NUMBERS[random.nextInt(NUMBERS.length)]);
                prediction.setProbabilities(probabilities);
            }
            case 8 -> prediction.setPredictedAt(Instant.ofEpochMilli(time(random)));
            case 9 -> prediction.setImageOffset(random.nextLong());
            case 10 -> prediction.setBatchSize(random.nextInt());
            default -> {}
        }
        return PlainAvro.bytes(Prediction.class, prediction);
    }

    private static Prediction valid(String id) {
        return new Prediction(id, 7, 0.9f, Collections.nCopies(10, 0.1f), "m", "1", "images", 0, 0L, START, START, 1);
    }

    private static byte[] mutated(byte[] value, Random random) {
        switch (random.nextInt(12)) {
            case 0 -> value[random.nextInt(value.length)] ^= (byte) (1 << random.nextInt(8));
            case 1 -> random.nextBytes(value);
            case 2 -> {
                return Arrays.copyOf(value, random.nextInt(2 * value.length));
            }
            case 3 -> {
                return null;
            }
            default -> {}
        }
        return value;
    }

    private static long time(Random random) {
        return random.nextBoolean() ? TIMES[random.nextInt(TIMES.length)] : random.nextLong();
    }

    private static String text(Random random) {
        return TEXTS[random.nextInt(TEXTS.length)];
    }

    private static byte[] utf8(String text) {
        return text.getBytes(UTF_8);
    }
}
