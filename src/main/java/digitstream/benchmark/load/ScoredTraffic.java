package digitstream.benchmark.load;

import static java.nio.charset.StandardCharsets.UTF_8;

import digitstream.avro.DigitLabel;
import digitstream.avro.Prediction;
import digitstream.data.LabelledImages;
import digitstream.serde.AvroSerializer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/**
 * Predictions and labels of a time that has passed, for scoring alone: as many as come in that time at a rate, with the event times
 * that they would have had, but produced as fast as the brokers take them. The digits are the labels of a data set; one prediction
 * in a hundred has another.
 *
 * @param images repeated in a loop
 * @param perSecond how many images a second of that time has
 */
public record ScoredTraffic(Cluster cluster, LabelledImages images, String predictions, int perSecond) {
    private static final int WRONG_EVERY = 100;
    private static final float CONFIDENCE = 0.97f;
    private static final int DIGITS = 10;
    private static final int PREDICTED_AFTER_MILLIS = 50;
    private static final int LABELLED_AFTER_MILLIS = 1_000;

    /** That of {@code serve}. */
    private static final String COMPRESSION = "lz4";

    /**
     * Produces the traffic before now.
     *
     * @return how many images it has
     */
    public int produce(Duration time, BooleanSupplier stop) {
        int count = count(time, perSecond);
        send(count, 1, Instant.now().minus(time), true, stop);
        return count;
    }

    /** Returns how many images come in a time. */
    public static int count(Duration time, int perSecond) {
        return Math.toIntExact(time.toSeconds() * perSecond);
    }

    /**
     * Produces the predictions of some of the images a second time.
     *
     * @param count of all images
     * @param every how many images come for each of them
     * @return how many were produced
     */
    public int repeat(int count, int every, BooleanSupplier stop) {
        send(count, every, Instant.now(), false, stop);
        return (count + every - 1) / every;
    }

    // The callback gets the same result as the future.
    @SuppressWarnings("FutureReturnValueIgnored")
    private void send(int count, int every, Instant start, boolean withLabels, BooleanSupplier stop) {
        AvroSerializer<Prediction> predicted = new AvroSerializer<>(cluster.schemas(), Prediction.class);
        AvroSerializer<DigitLabel> labelled = new AvroSerializer<>(cluster.schemas(), DigitLabel.class);
        AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
        try (Producer<byte[], byte[]> producer = Backlog.producer(cluster, COMPRESSION)) {
            for (int number = 0; number < count && !stop.getAsBoolean() && failure.get() == null; number += every) {
                Prediction prediction = prediction(number, start.plusMillis(1_000L * number / perSecond));
                byte[] key = prediction.getImageId().getBytes(UTF_8);
                List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
                records.add(new ProducerRecord<>(predictions, key, predicted.serialize(predictions, prediction)));
                if (withLabels) {
                    DigitLabel label = new DigitLabel(
                            prediction.getImageId(),
                            label(number),
                            prediction.getEventTime().plusMillis(LABELLED_AFTER_MILLIS));
                    records.add(new ProducerRecord<>(Backlog.LABELS, key, labelled.serialize(Backlog.LABELS, label)));
                }
                records.forEach(record -> producer.send(record, (acknowledged, exception) -> {
                    if (exception != null) {
                        failure.compareAndSet(null, exception);
                    }
                }));
            }
        }
        Exception exception = failure.get();
        if (exception != null) {
            throw new KafkaException("a record could not be produced: " + exception.getMessage(), exception);
        }
    }

    private Prediction prediction(int number, Instant eventTime) {
        int digit = (label(number) + (number % WRONG_EVERY == 0 ? 1 : 0)) % DIGITS;
        List<Float> probabilities = new ArrayList<>(Collections.nCopies(DIGITS, (1 - CONFIDENCE) / (DIGITS - 1)));
        probabilities.set(digit, CONFIDENCE);
        return new Prediction(
                imageId(number),
                digit,
                CONFIDENCE,
                probabilities,
                "bench",
                "1",
                Backlog.IMAGES,
                number % Cluster.PARTITIONS,
                (long) number / Cluster.PARTITIONS,
                eventTime,
                eventTime.plusMillis(PREDICTED_AFTER_MILLIS),
                1);
    }

    /** An id as many producers make them: random, so that ids of the same time are not neighbours in a sorted store. */
    private static String imageId(int number) {
        return UUID.nameUUIDFromBytes(Integer.toString(number).getBytes(UTF_8)).toString();
    }

    private int label(int number) {
        return images.label(number % images.size());
    }
}
