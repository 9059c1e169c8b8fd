package digitstream.classify;

import digitstream.streams.DeadLetter;
import digitstream.streams.DeadLetterReason;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * A valid image that is not yet classified.
 *
 * @param record the consumed record; its key is the image id in UTF-8
 * @param timestamp of the results, in milliseconds: the record's, if a broker would take it
 * @param eventTimeMillis the image's own time, in milliseconds since the epoch
 * @param pixels one unsigned byte per pixel, row by row
 */
record PendingImage(ConsumerRecord<byte[], byte[]> record, long timestamp, long eventTimeMillis, byte[] pixels) {

    /** The dead letter of an image on which the model fails. */
    DeadLetter unclassifiable(String message) {
        return DeadLetter.of(record, timestamp, DeadLetterReason.UNCLASSIFIABLE, message);
    }
}
