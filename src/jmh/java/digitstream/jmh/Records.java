package digitstream.jmh;

import digitstream.avro.DigitImage;
import digitstream.avro.Prediction;
import digitstream.common.Digits;
import digitstream.model.ReferenceDigits;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.apache.avro.Schema;
import org.apache.avro.generic.PrimitivesArrays.FloatArray;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificDatumWriter;

/** Records as the demo has them: ids of 15 characters, images of digits, predictions that are almost certain. */
final class Records {
    static final int BATCH = 256;
    static final int SCHEMA_ID = 1;
    static final String MODEL = "lenet";
    static final String VERSION = "20261101T000000Z";
    private static final Instant EVENT_TIME = Instant.ofEpochMilli(1_790_000_000_000L);
    private static final Schema PROBABILITIES =
            Prediction.getClassSchema().getField("probabilities").schema();

    private Records() {}

    static List<DigitImage> images() {
        List<byte[]> digits = ReferenceDigits.images();
        return IntStream.range(0, BATCH)
                .mapToObj(i -> new DigitImage(
                        id(i), Digits.SIDE, Digits.SIDE, ByteBuffer.wrap(digits.get(i % digits.size())), EVENT_TIME))
                .toList();
    }

    static List<Prediction> predictions() {
        return IntStream.range(0, BATCH)
                .mapToObj(i -> {
                    int digit = i % Digits.CLASSES;
                    FloatArray probabilities = new FloatArray(Digits.CLASSES, PROBABILITIES);
                    for (int other = 0; other < Digits.CLASSES; other++) {
                        probabilities.add(other, other == digit ? 0.991f : 0.001f);
                    }
                    return new Prediction(
                            id(i),
                            digit,
                            0.991f,
                            probabilities,
                            MODEL,
                            VERSION,
                            "digits.images",
                            i % 4,
                            (long) i,
                            EVENT_TIME,
                            EVENT_TIME.plusMillis(50),
                            BATCH);
                })
                .toList();
    }

    /** Encodes an image in the Confluent wire format. */
    static byte[] encode(DigitImage image) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(ByteBuffer.allocate(5).put((byte) 0).putInt(SCHEMA_ID).array());
        BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(out, null);
        try {
            new SpecificDatumWriter<>(DigitImage.class).write(image, encoder);
            encoder.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        return out.toByteArray();
    }

    private static String id(int number) {
        return String.format(Locale.ROOT, "digit-%09d", number);
    }
}
