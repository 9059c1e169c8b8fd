package digitstream.score;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import digitstream.accuracy.ImageState;
import digitstream.accuracy.Role;
import digitstream.avro.DigitLabel;
import digitstream.avro.Prediction;
import digitstream.serde.Decoded;
import digitstream.serde.Decoder;
import digitstream.settings.ScoreSettings;
import digitstream.testing.PlainAvro;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;

/** Fields that are read one by one equal those of the decoded record. */
class PlainFieldsTest {
    private static final long NOW = Instant.parse("2026-01-01T00:00:00Z").toEpochMilli();
    private static final Headers NO_HEADERS = new RecordHeaders();
    private static final String[] IDS = {"a", "mnist-7", "é", "x".repeat(256), "x".repeat(257), "", "\uFFFD"};

    private final RecordReader reader =
            new RecordReader(ScoreSettings.DEFAULT, decoder(Prediction.class), decoder(DigitLabel.class));

    private static <T extends SpecificRecord> Decoder<T> decoder(Class<T> type) {
        Decoder<T> general = PlainAvro.decoder(type);
        return new Decoder<>() {
            @Override
            public Decoded<T> decode(Headers headers, byte[] bytes) {
                return general.decode(headers, bytes);
            }

            @Override
            public int plainOffset(Headers headers, byte[] bytes) {
                return 0;
            }
        };
    }

    @Test
    void readsCommonRecords() {
        byte[] key = "mnist-7".getBytes(UTF_8);
        byte[] first = PlainAvro.bytes(Prediction.class, prediction("mnist-7", new Random(1)));
        assertThat(reader.plainPrediction(key, NO_HEADERS, first, Role.CHAMPION, NOW))
                .isNull();
        ImageState.Event expected =
                ((RecordReader.Valid) reader.prediction(key, NO_HEADERS, first, Role.CHAMPION, NOW)).event();
        assertThat(reader.plainPrediction(key, NO_HEADERS, first, Role.CHAMPION, NOW))
                .isEqualTo(expected);

        byte[] label = PlainAvro.bytes(DigitLabel.class, new DigitLabel("mnist-7", 9, Instant.ofEpochMilli(NOW - 5)));
        assertThat(reader.plainLabel(key, NO_HEADERS, label, NOW)).isEqualTo(new ImageState.Label(9, NOW - 5));
    }

    @Property(tries = 20_000)
    void readsNothingThatTheDecoderReadsOtherwise(@ForAll long seed) {
        Random random = new Random(seed);
        String id = IDS[random.nextInt(IDS.length)];
        byte[] key = id.getBytes(UTF_8);
        byte[] valid = PlainAvro.bytes(Prediction.class, prediction("first", random));
        reader.prediction("first".getBytes(UTF_8), NO_HEADERS, valid, Role.CHAMPION, NOW);
        byte[] prediction = mutated(PlainAvro.bytes(Prediction.class, prediction(id, random)), random);
        check(
                reader.plainPrediction(key, NO_HEADERS, prediction, Role.CHAMPION, NOW),
                reader.prediction(key, NO_HEADERS, prediction, Role.CHAMPION, NOW));
        DigitLabel label = new DigitLabel(id, random.nextInt(12) - 1, time(random));
        byte[] labelled = mutated(PlainAvro.bytes(DigitLabel.class, label), random);
        check(reader.plainLabel(key, NO_HEADERS, labelled, NOW), reader.label(key, NO_HEADERS, labelled, NOW, NOW));
    }

    private static void check(ImageState.Event plain, RecordReader.Result general) {
        if (plain != null) {
            assertThat(general).isEqualTo(new RecordReader.Valid(plain));
        }
    }

    private static Prediction prediction(String id, Random random) {
        return new Prediction(
                id,
                random.nextInt(10),
                random.nextFloat(),
                Collections.nCopies(10, 0.1f),
                "m",
                random.nextInt(4) == 0 ? "2" : "1",
                "images",
                0,
                random.nextInt(4) == 0 ? random.nextLong() : 7,
                time(random),
                time(random),
                random.nextInt(4) == 0 ? random.nextInt() : 256);
    }

    private static Instant time(Random random) {
        return Instant.ofEpochMilli(random.nextInt(8) == 0 ? random.nextLong() : NOW - random.nextInt(100_000));
    }

    private static byte[] mutated(byte[] value, Random random) {
        switch (random.nextInt(4)) {
            case 0 -> value[random.nextInt(value.length)] ^= (byte) (1 << random.nextInt(8));
            case 1 -> {
                return Arrays.copyOf(value, random.nextInt(value.length + 3));
            }
            default -> {}
        }
        return value;
    }
}
