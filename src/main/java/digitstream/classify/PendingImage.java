package digitstream.classify;

import digitstream.avro.DigitImage;
import digitstream.streams.DeadLetter;
import digitstream.streams.DeadLetterReason;
import digitstream.streams.SourcePosition;
import org.apache.kafka.common.header.Headers;

/**
 * An image that waits in a batch, with all that its prediction or its dead letter will need.
 *
 * @param key the record's key as it stood: the image id in UTF-8
 * @param value the record's value as it stood
 * @param pixels one unsigned byte a pixel, row by row
 * @param timestamp the record's, in milliseconds
 * @param arrivedAtMillis when it joined its batch, by the wall clock
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

    /** Rejects the image because the model fails on it. */
    DeadLetter unclassifiable(String message) {
        return new DeadLetter(key, value, headers, timestamp, source, DeadLetterReason.UNCLASSIFIABLE, message);
    }
}
