package digitstream.topology;

import digitstream.avro.DigitImage;
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
        DeadLetters.Source source,
        long arrivedAtMillis) {}
