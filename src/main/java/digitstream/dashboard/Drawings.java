package digitstream.dashboard;

import static java.nio.charset.StandardCharsets.UTF_8;

import digitstream.avro.DigitImage;
import digitstream.avro.DigitLabel;
import digitstream.avro.Prediction;
import digitstream.common.Digits;
import digitstream.common.DrawnId;
import digitstream.settings.Topics;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;

/**
 * Sends drawn digits through the pipeline like any other image, and waits for their predictions. Thread-safe.
 */
final class Drawings {
    static final long TIMEOUT_SECONDS = 10;
    private static final int MAX_LABELLED = 1_000;

    private final Producer<byte[], byte[]> producer;
    private final Topics topics;
    private final Serializer<DigitImage> images;
    private final Serializer<DigitLabel> labels;
    private final Sample sample;
    private final Clock clock;
    private final Map<String, CompletableFuture<Answer>> waiting = new ConcurrentHashMap<>();
    /** When each of the latest drawn digits was labelled last, in milliseconds since 1970. */
    private final Map<String, Long> labelled = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
            return size() > MAX_LABELLED;
        }
    };

    /**
     * The prediction of a drawn digit.
     *
     * @param readAt when the committed prediction was read from its topic
     */
    record Answer(Prediction prediction, Instant readAt) {}

    Drawings(
            Producer<byte[], byte[]> producer,
            Topics topics,
            Serializer<DigitImage> images,
            Serializer<DigitLabel> labels,
            Sample sample,
            Clock clock) {
        this.producer = producer;
        this.topics = topics;
        this.images = images;
        this.labels = labels;
        this.sample = sample;
        this.clock = clock;
    }

    /**
     * Produces an image of a digit.
     *
     * @param pixels 28 * 28 grey values, row by row, 255 is ink
     * @return its prediction; fails with a {@link java.util.concurrent.TimeoutException} after ten seconds, or with the
     *     producer's exception if the image cannot be produced
     * @throws digitstream.serde.RegistryUnavailableException if the schema registry does not respond
     */
    CompletableFuture<Answer> classify(byte[] pixels) {
        String imageId = DrawnId.next();
        DigitImage image = new DigitImage(imageId, Digits.SIDE, Digits.SIDE, ByteBuffer.wrap(pixels), clock.instant());
        byte[] value = images.serialize(topics.images(), image);
        CompletableFuture<Answer> answer = new CompletableFuture<Answer>().orTimeout(TIMEOUT_SECONDS, TimeUnit.SECONDS);
        waiting.put(imageId, answer);
        sample.drawn();
        send(topics.images(), imageId, clock.millis(), value).exceptionally(failure -> {
            answer.completeExceptionally(failure);
            return null;
        });
        return answer.whenComplete((done, failure) -> waiting.remove(imageId));
    }

    /** Produces the label of a drawn digit. Completes when the brokers have acknowledged it. */
    CompletableFuture<Void> label(String imageId, int digit) {
        long at = nextLabelMillis(imageId);
        DigitLabel label = new DigitLabel(imageId, digit, Instant.ofEpochMilli(at));
        return send(topics.labels(), imageId, at, labels.serialize(topics.labels(), label));
    }

    /** Takes the label of a drawn digit back. Completes when the brokers have acknowledged it. */
    CompletableFuture<Void> retract(String imageId) {
        return send(topics.labels(), imageId, nextLabelMillis(imageId), null);
    }

    /**
     * The time of a label or of its retraction: later than that of the one before, also if the clock was set back. The latest one counts,
     * so otherwise a correction or a retraction would be acknowledged and ignored.
     */
    private long nextLabelMillis(String imageId) {
        synchronized (labelled) {
            return Objects.requireNonNull(
                    labelled.merge(imageId, clock.millis(), (before, now) -> Math.max(before + 1, now)));
        }
    }

    /** Completes the answer if this is the prediction of a drawn digit; called for each live prediction. */
    void predicted(Prediction prediction, long readAtMillis) {
        if (DrawnId.isDrawn(prediction.getImageId())) {
            CompletableFuture<Answer> answer = waiting.get(prediction.getImageId());
            if (answer != null) {
                answer.complete(new Answer(prediction, Instant.ofEpochMilli(readAtMillis)));
            }
        }
    }

    // The callback gets the same result as the future.
    @SuppressWarnings("FutureReturnValueIgnored")
    private CompletableFuture<Void> send(String topic, String imageId, long atMillis, byte @Nullable [] value) {
        CompletableFuture<Void> sent = new CompletableFuture<>();
        producer.send(
                new ProducerRecord<>(topic, null, atMillis, imageId.getBytes(UTF_8), value), (metadata, failure) -> {
                    if (failure == null) {
                        sent.complete(null);
                    } else {
                        sent.completeExceptionally(failure);
                    }
                });
        return sent;
    }
}
