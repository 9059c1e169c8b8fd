package digitstream.classify;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import digitstream.accuracy.ModelVersion;
import digitstream.avro.Prediction;
import digitstream.common.Digits;
import digitstream.testing.PlainAvro;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.FloatRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import org.apache.kafka.clients.consumer.ConsumerRecord;

class PredictionWriterTest {
    private static final byte[] HEADER = {0, 1, 2, 3, 4};
    private static final ModelVersion MODEL = new ModelVersion("l\u00e9net", "2026-01-01");

    private final PredictionWriter writer = new PredictionWriter(HEADER, "digits.images");

    @Property(tries = 500)
    void writesTheBytesThatAvroWrites(
            @ForAll @StringLength(min = 1, max = 256) String id,
            @ForAll @IntRange(max = 9) int label,
            @ForAll @Size(10) List<@FloatRange(min = 0, max = 1) Float> probabilities,
            @ForAll @IntRange(max = 100_000) int partition,
            @ForAll @LongRange(min = 0) long offset,
            @ForAll @LongRange(min = -1_000_000_000_000_000L, max = 1_000_000_000_000_000L) long eventTime,
            @ForAll @IntRange(min = 1, max = 65_536) int batchSize) {
        float[] output = new float[3 * Digits.CLASSES];
        for (int digit = 0; digit < Digits.CLASSES; digit++) {
            output[Digits.CLASSES + digit] = probabilities.get(digit);
        }
        // What Java cannot encode becomes a question mark here as in Avro.
        byte[] key = id.getBytes(UTF_8);
        PendingImage image = new PendingImage(
                new ConsumerRecord<>("digits.images", partition, offset, key, new byte[0]),
                0,
                eventTime,
                new byte[Digits.PIXELS]);
        byte[] written = writer.write(
                image, new Classified.Predicted(output, Digits.CLASSES, label, 1_700_000_000_123L, batchSize), MODEL);

        byte[] expected = PlainAvro.bytes(
                Prediction.class,
                new Prediction(
                        id,
                        label,
                        probabilities.get(label),
                        new ArrayList<>(probabilities),
                        MODEL.name(),
                        MODEL.version(),
                        "digits.images",
                        partition,
                        offset,
                        Instant.ofEpochMilli(eventTime),
                        Instant.ofEpochMilli(1_700_000_000_123L),
                        batchSize));
        assertThat(Arrays.copyOf(written, HEADER.length)).isEqualTo(HEADER);
        assertThat(Arrays.copyOfRange(written, HEADER.length, written.length)).isEqualTo(expected);
    }
}
