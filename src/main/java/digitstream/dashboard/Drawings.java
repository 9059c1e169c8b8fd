package digitstream.dashboard;

import static java.nio.charset.StandardCharsets.UTF_8;

import digitstream.avro.DigitImage;
import digitstream.avro.DigitLabel;
import digitstream.avro.Prediction;
import digitstream.common.Digits;
import digitstream.settings.Topics;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.Serializer;

/**
 * Sends drawn digits the way of all images, and waits for their predictions to come out at the other end. Safe for use by
 * several threads.
 */
final class Drawings {
    /** Ids of drawn digits begin so; only those can be labelled here. */
    static final String PREFIX = "drawn-";

    static final long PATIENCE_SECONDS = 10;

    private final Producer<byte[], byte[]> producer;
    private final Topics topics;
    private final Serializer<DigitImage> images;
    private final Serializer<DigitLabel> labels;
    private final Clock clock;
    private final Map<String, CompletableFuture<Answer>> waiting = new ConcurrentHashMap<>();

    /**
     * A drawn digit's prediction.
     *
     * @param readAt when it was read here from the predictions' topic, committed
     */
    record Answer(Prediction prediction, Instant readAt) {}

    Drawings(
            Producer<byte[], byte[]> producer,
            Topics topics,
            Serializer<DigitImage> images,
            Serializer<DigitLabel> labels,
            Clock clock) {
        this.producer = producer;
        this.topics = topics;
        this.images = images;
        this.labels = labels;
        this.clock = clock;
    }

    /**
     * Produces a digit.
     *
     * @param pixels 28 * 28 grey values, 255 is ink
     * @return its prediction; fails with a {@link java.util.concurrent.TimeoutException} after ten seconds without one, and
     *     with what Kafka's producer says where the image can't be produced
     * @throws digitstream.serde.RegistryUnavailableException where the registry does not answer
     */
    CompletableFuture<Answer> classify(byte[] pixels) {
        String imageId = PREFIX + UUID.randomUUID();
        DigitImage image = new DigitImage(imageId, Digits.SIDE, Digits.SIDE, ByteBuffer.wrap(pixels), clock.instant());
        byte[] value = images.serialize(topics.images(), image);
        CompletableFuture<Answer> answer =
                new CompletableFuture<Answer>().orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS);
        waiting.put(imageId, answer);
        send(topics.images(), imageId, value).exceptionally(failure -> {
            answer.completeExceptionally(failure);
            return null;
        });
        return answer.whenComplete((done, failure) -> waiting.remove(imageId));
    }

    /** Produces a drawn digit's label; done when the brokers have it. */
    CompletableFuture<Void> label(String imageId, int digit) {
        DigitLabel label = new DigitLabel(imageId, digit, clock.instant());
        return send(topics.labels(), imageId, labels.serialize(topics.labels(), label));
    }

    /** Is told of each prediction that is read. */
    void predicted(Prediction prediction, long readAtMillis) {
        if (prediction.getImageId().startsWith(PREFIX)) {
            CompletableFuture<Answer> answer = waiting.get(prediction.getImageId());
            if (answer != null) {
                answer.complete(new Answer(prediction, Instant.ofEpochMilli(readAtMillis)));
            }
        }
    }

    // The callback is told what the future would tell.
    @SuppressWarnings("FutureReturnValueIgnored")
    private CompletableFuture<Void> send(String topic, String imageId, byte[] value) {
        CompletableFuture<Void> sent = new CompletableFuture<>();
        producer.send(new ProducerRecord<>(topic, imageId.getBytes(UTF_8), value), (metadata, failure) -> {
            if (failure == null) {
                sent.complete(null);
            } else {
                sent.completeExceptionally(failure);
            }
        });
        return sent;
    }
}
