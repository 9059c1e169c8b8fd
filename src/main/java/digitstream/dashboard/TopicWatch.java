package digitstream.dashboard;

import digitstream.avro.Accuracy;
import digitstream.avro.DigitLabel;
import digitstream.avro.ModelRelease;
import digitstream.avro.Prediction;
import digitstream.client.CommittedReader;
import digitstream.serde.AvroDecoder;
import digitstream.serde.Decoded;
import digitstream.serde.Decoder;
import digitstream.serde.RegistryUnavailableException;
import digitstream.serde.SchemaRegistry;
import digitstream.topology.Topics;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the topics and tells what comes: the past of digits.accuracy first, then it and the others as they grow. One thread
 * runs it. A record that can't be read is logged and passed over; where the registry is away, it waits.
 */
final class TopicWatch implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(TopicWatch.class);
    private static final Duration POLL = Duration.ofMillis(100);
    /** More published figures than this at once are the past. */
    private static final int FEW = 100;

    private static final long REGISTRY_PAUSE_MILLIS = 1_000;

    private final List<CommittedReader> past;
    private final CommittedReader live;
    private final Topics topics;
    private final Decoder<Accuracy> accuracies;
    private final Decoder<ModelRelease> releases;
    private final Decoder<Prediction> predictions;
    private final Decoder<DigitLabel> labels;
    private final Sample sample;
    private final Listeners listeners;
    private final Clock clock;
    private volatile boolean stopped;

    /**
     * Who is told of what; on the thread that reads.
     *
     * @param caughtUp each time that there is no past left to be read
     */
    record Listeners(
            Consumer<ModelRelease> release,
            Consumer<Accuracy> accuracy,
            PredictionListener prediction,
            Consumer<DigitLabel> label,
            Runnable caughtUp) {}

    /** Is told of a prediction, and when it was read. */
    interface PredictionListener {
        void predicted(Prediction prediction, long readAtMillis);

        /** One has come that is not in the sample, and was not looked into. */
        void passedOver(long readAtMillis);
    }

    /**
     * Takes what it reads from.
     *
     * @param past of what is read from an earlier time on: figures and releases; closed at the end, as is the other
     * @param live of the predictions and the labels
     */
    TopicWatch(
            List<CommittedReader> past,
            CommittedReader live,
            Topics topics,
            SchemaRegistry schemas,
            Sample sample,
            Listeners listeners,
            Clock clock) {
        this.past = List.copyOf(past);
        this.live = live;
        this.topics = topics;
        this.accuracies = new AvroDecoder<>(schemas, Accuracy.class);
        this.releases = new AvroDecoder<>(schemas, ModelRelease.class);
        this.predictions = new AvroDecoder<>(schemas, Prediction.class);
        this.labels = new AvroDecoder<>(schemas, DigitLabel.class);
        this.sample = sample;
        this.listeners = listeners;
        this.clock = clock;
    }

    void stop() {
        stopped = true;
    }

    @Override
    public void run() {
        try (live) {
            boolean catchesUp = true;
            while (!stopped) {
                // While there is a past to be read, nothing waits for what is yet to come.
                for (ConsumerRecord<byte[], byte[]> record : live.poll(catchesUp ? Duration.ZERO : POLL)) {
                    take(record);
                }
                boolean found = false;
                for (CommittedReader reader : past) {
                    ConsumerRecords<byte[], byte[]> published = reader.poll(catchesUp ? POLL : Duration.ZERO);
                    for (ConsumerRecord<byte[], byte[]> record : published) {
                        take(record);
                    }
                    found |= published.count() > FEW;
                }
                catchesUp = found;
                if (!catchesUp) {
                    listeners.caughtUp().run();
                }
            }
        } catch (InterruptedException | org.apache.kafka.common.errors.InterruptException e) {
            // The dashboard closes.
            Thread.currentThread().interrupt();
        } finally {
            past.forEach(CommittedReader::close);
        }
    }

    private void take(ConsumerRecord<byte[], byte[]> record) throws InterruptedException {
        if (record.topic().equals(topics.accuracy())) {
            read(accuracies, record).ifPresent(listeners.accuracy());
        } else if (record.topic().equals(topics.models())) {
            read(releases, record).ifPresent(listeners.release());
        } else if (record.topic().equals(topics.labels())) {
            if (sample.has(record.key())) {
                read(labels, record).ifPresent(listeners.label());
            }
        } else if (!sample.has(record.key())) {
            listeners.prediction().passedOver(clock.millis());
        } else {
            read(predictions, record)
                    .ifPresent(prediction -> listeners.prediction().predicted(prediction, clock.millis()));
        }
    }

    private <T> Optional<T> read(Decoder<T> decoder, ConsumerRecord<byte[], byte[]> record)
            throws InterruptedException {
        while (true) {
            try {
                Decoded<T> decoded = decoder.decode(record.value());
                if (decoded instanceof Decoded.Value<T> value) {
                    return Optional.of(value.value());
                }
                LOG.warn(
                        "{}-{} offset {} can't be read and is passed over: {}",
                        record.topic(),
                        record.partition(),
                        record.offset(),
                        ((Decoded.Malformed<T>) decoded).reason());
                return Optional.empty();
            } catch (RegistryUnavailableException e) {
                if (stopped) {
                    return Optional.empty();
                }
                LOG.warn("The schema registry is away; waiting: {}", e.getMessage());
                Thread.sleep(REGISTRY_PAUSE_MILLIS);
            }
        }
    }
}
