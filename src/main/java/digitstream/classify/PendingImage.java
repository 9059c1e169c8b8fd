package digitstream.classify;

import digitstream.avro.DigitImage;
import digitstream.streams.DeadLetter;
import digitstream.streams.DeadLetterReason;
import digitstream.streams.SourcePosition;
import org.apache.kafka.common.header.Headers;

/**
 * An image in a batch, with what its prediction or its dead letter needs.
 *
 * @param key the record's unchanged key: the image id in UTF-8
 * @param value the record's unchanged value
 * @param pixels one unsigned byte per pixel, row by row
 * @param timestamp the record's timestamp, in milliseconds
 * @param arrivedAtMillis when the image was added to its batch, by the wall clock
 */
record PendingImage(
        DigitImage image,
        byte[] key,
        byte[] value,
        Headers headers,
        byte[] pixels,
        long timestamp,
        SourcePosition source,
        long arrivedAtMillis) {

    /** The dead letter of an image on which the model fails. */
    DeadLetter unclassifiable(String message) {
        return new DeadLetter(key, value, headers, timestamp, source, DeadLetterReason.UNCLASSIFIABLE, message);
    }
}
