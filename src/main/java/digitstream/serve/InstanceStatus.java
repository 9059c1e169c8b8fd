package digitstream.serve;

import static java.nio.charset.StandardCharsets.UTF_8;

import digitstream.accuracy.ModelVersion;
import digitstream.avro.ModelInstance;
import digitstream.avro.RefusedRelease;
import digitstream.common.Excerpt;
import digitstream.release.Releaser;
import digitstream.serde.AvroSerializer;
import digitstream.serde.SchemaRegistry;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says in {@code digits.instances} and in metrics which model this process serves, which one it loads and which one it has refused. A
 * record that can't be written is logged, and written again with the next beat. Thread-safe.
 */
final class InstanceStatus implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(InstanceStatus.class);
    private static final long BEAT_MILLIS = 30_000;
    private static final int TIMEOUT_MILLIS = 5_000;
    private static final int MAX_REASON = 500;

    private final String instance;
    private final Instant startedAt;
    private final String topic;
    private final AvroSerializer<ModelInstance> serializer;
    private final Producer<byte[], byte[]> producer;
    private final Clock clock;
    private final Counter switches;
    private final Counter refusals;

    private @Nullable ModelVersion model;
    private String sha256 = "";
    private Instant servingSince = Instant.EPOCH;
    private @Nullable String loading;
    private @Nullable RefusedRelease refused;
    private long writtenMillis;

    InstanceStatus(
            Map<String, String> clients, SchemaRegistry schemas, String topic, MeterRegistry meters, Clock clock) {
        this.instance = Releaser.host() + "/" + UUID.randomUUID().toString().substring(0, 8);
        this.startedAt = clock.instant();
        this.topic = topic;
        this.serializer = new AvroSerializer<>(schemas, ModelInstance.class);
        this.clock = clock;
        // Now: the registry may be away later.
        serializer.register(topic);
        Map<String, Object> settings = new HashMap<>(clients);
        settings.put(ProducerConfig.ACKS_CONFIG, "all");
        settings.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, TIMEOUT_MILLIS);
        settings.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, TIMEOUT_MILLIS);
        settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 2 * TIMEOUT_MILLIS);
        this.producer = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
        this.switches = Counter.builder("digits.model.switches")
                .description("Times that this process has put a model into service, the first one included.")
                .register(meters);
        this.refusals = Counter.builder("digits.model.refusals")
                .description(
                        "Times that this process could not serve the champion, tries of the same release included.")
                .register(meters);
        Gauge.builder("digits.model.refused", this, status -> status.isRefusing() ? 1 : 0)
                .description("1 while this process can't serve the champion and goes on with another model, else 0.")
                .register(meters);
    }

    private synchronized boolean isRefusing() {
        return refused != null;
    }

    /** What can't be served, in one line; null if nothing is refused. */
    synchronized @Nullable String fault() {
        return refused == null ? null : "refused " + refused.getRelease() + ": " + refused.getReason();
    }

    synchronized void serving(ModelVersion next, String sum) {
        switches.increment();
        model = next;
        sha256 = sum;
        servingSince = clock.instant();
        loading = null;
        refused = null;
        write();
    }

    synchronized void loading(String release) {
        loading = release;
        write();
    }

    /** Says that nothing is loaded or refused; writes a record only if something was. */
    synchronized void idle() {
        if (loading != null || refused != null) {
            loading = null;
            refused = null;
            write();
        }
    }

    synchronized void refused(String release, String reason) {
        refusals.increment();
        loading = null;
        String line = reason.length() > MAX_REASON ? reason.substring(0, MAX_REASON) : reason;
        refused = new RefusedRelease(Excerpt.of(release), clock.instant(), line);
        write();
    }

    /** Writes a record if the last one is old, so that others see that this process lives. */
    synchronized void beat() {
        if (clock.millis() - writtenMillis >= BEAT_MILLIS) {
            write();
        }
    }

    private void write() {
        ModelVersion now = model;
        if (now == null) {
            return;
        }
        writtenMillis = clock.millis();
        send(serializer.serialize(
                topic,
                ModelInstance.newBuilder()
                        .setInstance(instance)
                        .setStartedAt(startedAt)
                        .setWrittenAt(clock.instant())
                        .setModelName(now.name())
                        .setModelVersion(now.version())
                        .setSha256(sha256)
                        .setServingSince(servingSince)
                        .setLoading(loading)
                        .setRefused(refused)
                        .build()));
    }

    private void send(byte @Nullable [] value) {
        try {
            var unused =
                    producer.send(new ProducerRecord<>(topic, instance.getBytes(UTF_8), value), (sent, failure) -> {
                        if (failure != null) {
                            LOG.warn(
                                    "The state of this process could not be written to {}: {}",
                                    topic,
                                    failure.getMessage());
                        }
                    });
        } catch (KafkaException e) {
            LOG.warn("The state of this process could not be written to {}: {}", topic, e.getMessage());
        }
    }

    /** Says that this process has stopped. */
    @Override
    public void close() {
        send(null);
        producer.close(Duration.ofMillis(TIMEOUT_MILLIS));
    }
}
