package digitstream.classify;

import digitstream.avro.DigitImage;
import digitstream.serde.Decoded;
import digitstream.serde.Decoder;
import digitstream.streams.DeadLetter;
import digitstream.streams.DeadLetterReason;
import digitstream.streams.ForwardedHeaders;
import digitstream.streams.InputTimestamps;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Decodes and validates images. Not thread-safe. */
final class ImageReader {
    private final Decoder<DigitImage> decoder;
    private final ImageCheck check;
    private final PlainImage plain;

    ImageReader(Decoder<DigitImage> decoder, ImageCheck check) {
        this.decoder = decoder;
        this.check = check;
        this.plain = new PlainImage(check);
    }

    /** A record's image, or its dead letter. */
    sealed interface Read {

        record Valid(PendingImage image) implements Read {}

        record Rejected(DeadLetter deadLetter) implements Read {}
    }

    /** Reads a record. The key and the value may be null. */
    Read read(ConsumerRecord<byte[], byte[]> record, long nowMillis) {
        long timestamp = InputTimestamps.valid(record.timestamp(), nowMillis);
        if (record.key() == null) {
            return reject(record, timestamp, DeadLetterReason.NULL_KEY, "the key is null; it must be the image id");
        }
        if (record.value() == null) {
            return reject(record, timestamp, DeadLetterReason.NULL_VALUE, "the value is null");
        }
        PendingImage common = hasNoHeaders(record)
                ? plain.read(record, decoder.plainOffset(record.headers(), record.value()), timestamp, nowMillis)
                : null;
        return common != null ? new Read.Valid(common) : readAny(record, timestamp, nowMillis);
    }

    /** Headers have a maximum size, which the general way checks. */
    private static boolean hasNoHeaders(ConsumerRecord<byte[], byte[]> record) {
        return !record.headers().iterator().hasNext();
    }

    private Read readAny(ConsumerRecord<byte[], byte[]> record, long timestamp, long nowMillis) {
        Decoded<DigitImage> decoded = decoder.decode(record.headers(), record.value());
        if (decoded instanceof Decoded.Malformed<DigitImage> malformed) {
            return reject(record, timestamp, DeadLetterReason.UNDECODABLE, malformed.reason());
        }
        DigitImage image = ((Decoded.Value<DigitImage>) decoded).value();
        Optional<String> fault =
                check.fault(record.key(), image, nowMillis).or(() -> ForwardedHeaders.fault(record.headers()));
        if (fault.isPresent()) {
            return reject(record, timestamp, DeadLetterReason.INVALID, fault.get());
        }
        byte[] pixels = new byte[image.getPixels().remaining()];
        image.getPixels().get(pixels);
        return new Read.Valid(
                new PendingImage(record, timestamp, image.getEventTime().toEpochMilli(), pixels));
    }

    private static Read reject(
            ConsumerRecord<byte[], byte[]> record, long timestamp, DeadLetterReason reason, String message) {
        return new Read.Rejected(DeadLetter.of(record, timestamp, reason, message));
    }
}
