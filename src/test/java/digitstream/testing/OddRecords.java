package digitstream.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import digitstream.avro.DigitImage;
import digitstream.avro.DigitLabel;
import digitstream.avro.Prediction;
import digitstream.serde.AvroSerializer;
import digitstream.settings.Topics;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.avro.Schema;
import org.apache.avro.generic.PrimitivesArrays.FloatArray;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.jspecify.annotations.Nullable;

/**
 * Generates records of the three input topics that are valid, or changed in a field, a header, the timestamp, the key, the bytes
 * or the length. The same seed gives the same records, except for the present time in them.
 */
public final class OddRecords {
    private static final Schema PROBABILITIES =
            Prediction.getClassSchema().getField("probabilities").schema();
    private static final List<String> HEADERS = List.of(
            "trace",
            "",
            "__value_schema_id",
            "__key_schema_id",
            "__streams.errors.offset",
            "digitstream.reason",
            "\u00fc");
    private static final long[] LONGS = {
        Long.MIN_VALUE, -62_135_596_800_000L, -1, 0, 1, 1_700_000_000L, 253_402_300_800_000L, Long.MAX_VALUE
    };
    private static final int[] INTS = {Integer.MIN_VALUE, -1, 0, 1, 9, 10, 27, 29, 784, 1 << 20, Integer.MAX_VALUE};
    private static final float[] FLOATS = {
        Float.NaN, Float.NEGATIVE_INFINITY, -1, -0f, Float.MIN_VALUE, 1.0001f, Float.MAX_VALUE, Float.POSITIVE_INFINITY
    };

    private final Random random;
    private final Topics topics;
    private final AvroSerializer<DigitImage> images;
    private final AvroSerializer<DigitLabel> labels;
    private final AvroSerializer<Prediction> predictions;
    private int count;

    public OddRecords(
            long seed,
            Topics topics,
            AvroSerializer<DigitImage> images,
            AvroSerializer<DigitLabel> labels,
            AvroSerializer<Prediction> predictions) {
        this.random = new Random(seed);
        this.topics = topics;
        this.images = images;
        this.labels = labels;
        this.predictions = predictions;
    }

    /** A record to be produced. */
    public record Odd(
            String topic, long timestamp, byte @Nullable [] key, byte @Nullable [] value, List<Header> headers) {}

    /** The next record. */
    public Odd next() {
        // Few ids, so that labels, predictions and images meet.
        String id = oneIn(4) ? text() : "fuzz-" + random.nextInt(1 + count / 4);
        count++;
        int kind = random.nextInt(10);
        String topic = kind < 6 ? topics.images() : kind < 8 ? topics.labels() : topics.predictions();
        byte[] value = kind < 6
                ? images.serialize(topic, image(id))
                : kind < 8 ? labels.serialize(topic, label(id)) : predictions.serialize(topic, prediction(id));
        byte[] key = oneIn(20) ? key() : id.getBytes(UTF_8);
        return new Odd(topic, timestamp(), key, oneIn(4) ? changed(value) : value, headers());
    }

    private DigitImage image(String id) {
        int side = oneIn(20) ? anInt() : 28;
        byte[] pixels = new byte[oneIn(20) ? random.nextInt(3_000) : 784];
        random.nextBytes(pixels);
        return new DigitImage(id, side, oneIn(20) ? anInt() : side, ByteBuffer.wrap(pixels), time());
    }

    private DigitLabel label(String id) {
        return new DigitLabel(id, oneIn(10) ? anInt() : random.nextInt(10), time());
    }

    private Prediction prediction(String id) {
        FloatArray probabilities = new FloatArray(10, PROBABILITIES);
        int classes = oneIn(20) ? random.nextInt(20) : 10;
        for (int i = 0; i < classes; i++) {
            probabilities.add(i, oneIn(50) ? aFloat() : 0.1f);
        }
        return new Prediction(
                id,
                oneIn(20) ? anInt() : random.nextInt(10),
                oneIn(20) ? aFloat() : 0.1f,
                probabilities,
                oneIn(10) ? text() : "model",
                oneIn(10) ? text() : Integer.toString(random.nextInt(3)),
                oneIn(20) ? text() : topics.images(),
                oneIn(20) ? anInt() : 0,
                oneIn(20) ? aLong() : count,
                time(),
                time(),
                oneIn(20) ? anInt() : 1);
    }

    private byte @Nullable [] changed(byte[] value) {
        byte[] changed = value.clone();
        return switch (random.nextInt(8)) {
            case 0 -> null;
            case 1 -> Arrays.copyOf(changed, random.nextInt(changed.length));
            case 2 -> Arrays.copyOf(changed, changed.length + 1 + random.nextInt(1_000));
            case 3 -> {
                // A schema id: of the other records, or of none.
                ByteBuffer.wrap(changed).putInt(1, oneIn(2) ? random.nextInt(60) : random.nextInt());
                yield changed;
            }
            case 4 -> {
                byte[] garbage = new byte[oneIn(50) ? 900_000 : random.nextInt(2_000)];
                random.nextBytes(garbage);
                yield garbage;
            }
            default -> {
                for (int i = 0; i <= random.nextInt(8); i++) {
                    // Mostly in the fields before the pixels.
                    int at = random.nextInt(oneIn(2) ? Math.min(changed.length, 24) : changed.length);
                    changed[at] ^= (byte) (1 << random.nextInt(8));
                }
                yield changed;
            }
        };
    }

    private byte @Nullable [] key() {
        if (oneIn(4)) {
            return null;
        }
        byte[] key = new byte[oneIn(20) ? 100_000 : random.nextInt(40)];
        random.nextBytes(key);
        return key;
    }

    private List<Header> headers() {
        List<Header> headers = new ArrayList<>();
        while (oneIn(5)) {
            byte[] value = oneIn(10) ? null : new byte[oneIn(50) ? 200_000 : random.nextInt(20)];
            if (value != null) {
                random.nextBytes(value);
            }
            headers.add(new RecordHeader(HEADERS.get(random.nextInt(HEADERS.size())), value));
        }
        return headers;
    }

    private long timestamp() {
        // Most are old enough for the registry's answer to be final.
        return oneIn(20) ? aLong() : System.currentTimeMillis() - 60_000;
    }

    private Instant time() {
        return oneIn(10)
                ? Instant.ofEpochMilli(aLong())
                : Instant.ofEpochMilli(System.currentTimeMillis() - random.nextInt(100_000));
    }

    private String text() {
        int length = oneIn(20) ? 70_000 : random.nextInt(300);
        StringBuilder text = new StringBuilder(length);
        for (int i = 0; i < length; i++) {
            text.append(oneIn(4) ? (char) random.nextInt(0xD800) : "/:.- \n\u0000aZ0".charAt(random.nextInt(10)));
        }
        return text.toString();
    }

    private int anInt() {
        return oneIn(4) ? random.nextInt() : INTS[random.nextInt(INTS.length)];
    }

    private long aLong() {
        return oneIn(4) ? random.nextLong() : LONGS[random.nextInt(LONGS.length)];
    }

    private float aFloat() {
        return oneIn(4) ? Float.intBitsToFloat(random.nextInt()) : FLOATS[random.nextInt(FLOATS.length)];
    }

    private boolean oneIn(int times) {
        return random.nextInt(times) == 0;
    }
}
