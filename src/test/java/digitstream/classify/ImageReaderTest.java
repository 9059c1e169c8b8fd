package digitstream.classify;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import digitstream.avro.DigitImage;
import digitstream.common.EventTimeRange;
import digitstream.serde.Decoded;
import digitstream.serde.Decoder;
import digitstream.testing.PlainAvro;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Tests that records in the common form are read as all others are. */
class ImageReaderTest {
    private static final long NOW = Instant.parse("2026-06-01T00:00:00Z").toEpochMilli();
    private static final ImageCheck CHECK = new ImageCheck(28, 28, EventTimeRange.DEFAULT);

    private int general;

    private final Decoder<DigitImage> anyForm = PlainAvro.decoder(DigitImage.class);

    private final Decoder<DigitImage> commonForm = new Decoder<>() {
        @Override
        public Decoded<DigitImage> decode(Headers headers, byte @Nullable [] bytes) {
            general++;
            return anyForm.decode(headers, bytes);
        }

        @Override
        public int plainOffset(Headers headers, byte[] bytes) {
            return 0;
        }
    };

    @Test
    void readsTheCommonFormWithoutTheGeneralDecoder() {
        new ImageReader(commonForm, CHECK)
                .read(record("digit-000000017".getBytes(UTF_8), value("digit-000000017")), NOW);
        assertThat(general).isZero();
    }

    @Property(tries = 5_000)
    void readsMutatedRecordsAsTheGeneralDecoderDoes(@ForAll long seed) {
        Random random = new Random(seed);
        String id = random.nextInt(4) == 0 ? "\u00e9".repeat(1 + random.nextInt(300)) : "digit-" + random.nextInt();
        byte[] value = mutated(value(id), random);
        byte[] key = random.nextInt(8) == 0 ? mutated(id.getBytes(UTF_8), random) : id.getBytes(UTF_8);
        ConsumerRecord<byte[], byte[]> record = record(key, value);
        String expected = describe(new ImageReader(anyForm, CHECK).read(record, NOW));
        assertThat(describe(new ImageReader(commonForm, CHECK).read(record, NOW)))
                .isEqualTo(expected);
    }

    private static byte[] mutated(byte[] bytes, Random random) {
        byte[] changed = bytes.clone();
        switch (random.nextInt(5)) {
            case 0 -> changed = Arrays.copyOf(changed, random.nextInt(changed.length + 10));
            case 1 -> changed[random.nextInt(Math.min(changed.length, 24))] = (byte) random.nextInt();
            case 2 ->
                changed[changed.length - 1 - random.nextInt(Math.min(changed.length, 8))] = (byte) random.nextInt();
            case 3 -> changed[random.nextInt(changed.length)] = (byte) random.nextInt();
            default -> {}
        }
        return changed;
    }

    private static String describe(ImageReader.Read read) {
        if (read instanceof ImageReader.Read.Valid valid) {
            PendingImage image = valid.image();
            return image.timestamp() + " " + image.eventTimeMillis() + " " + Arrays.toString(image.pixels());
        }
        ImageReader.Read.Rejected rejected = (ImageReader.Read.Rejected) read;
        return rejected.deadLetter().reason() + " " + rejected.deadLetter().message();
    }

    private static byte[] value(String id) {
        byte[] pixels = new byte[784];
        pixels[100] = (byte) 200;
        return PlainAvro.bytes(
                DigitImage.class, new DigitImage(id, 28, 28, ByteBuffer.wrap(pixels), Instant.ofEpochMilli(NOW)));
    }

    private static ConsumerRecord<byte[], byte[]> record(byte[] key, byte[] value) {
        return new ConsumerRecord<>("t", 0, 5, key, value);
    }
}
