package digitstream.dashboard;

import digitstream.accuracy.RecordFaults;
import digitstream.avro.Accuracy;
import digitstream.avro.DigitLabel;
import digitstream.avro.ModelRelease;
import digitstream.avro.Prediction;
import digitstream.client.CommittedReader;
import digitstream.common.Digits;
import digitstream.serde.AvroDecoder;
import digitstream.serde.Decoded;
import digitstream.serde.Decoder;
import digitstream.serde.RegistryUnavailableException;
import digitstream.serde.SchemaRegistry;
import digitstream.settings.Topics;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the topics and tells what comes. One thread runs it. A record that can't be read, or not be counted, is logged and
 * passed over, as scoring makes a dead letter of it; where the registry is away, it waits.
 */
final class TopicWatch implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(TopicWatch.class);
    private static final Duration POLL = Duration.ofMillis(100);
    private static final long REGISTRY_PAUSE_MILLIS = 1_000;
    private static final long WARNING_NANOS = Duration.ofSeconds(1).toNanos();
    private static final int CELLS = Digits.CLASSES * Digits.CLASSES;

    private final CommittedReader reader;
    private final Topics topics;
    private final Decoder<Accuracy> accuracies;
    private final Decoder<ModelRelease> releases;
    private final Decoder<Prediction> predictions;
    private final Decoder<DigitLabel> labels;
    private final Sample sample;
    private final Listener listener;
    private volatile boolean stopped;
    private long passedOver;
    private long warnedNanos = System.nanoTime() - WARNING_NANOS;

    /** Who is told of what; on the thread that reads. */
    interface Listener {
        void released(ModelRelease release);

        void published(Accuracy figures);

        void predicted(Prediction prediction);

        /** A prediction has come that is not in the sample, and was not looked into. */
        void passedOver();

        /** A prediction that stood in its topic when the reading began. */
        void predictedInThePast(Prediction prediction);

        void labelled(DigitLabel label);

        /** Once: all is read that stood in the topics when the reading began. */
        void caughtUp();
    }

    /**
     * Takes what it reads from.
     *
     * @param reader of the models, the accuracy, the predictions and the labels; closed at the end
     */
    TopicWatch(CommittedReader reader, Topics topics, SchemaRegistry schemas, Sample sample, Listener listener) {
        this.reader = reader;
        this.topics = topics;
        this.accuracies = new AvroDecoder<>(schemas, Accuracy.class);
        this.releases = new AvroDecoder<>(schemas, ModelRelease.class);
        this.predictions = new AvroDecoder<>(schemas, Prediction.class);
        this.labels = new AvroDecoder<>(schemas, DigitLabel.class);
        this.sample = sample;
        this.listener = listener;
    }

    void stop() {
        stopped = true;
    }

    @Override
    public void run() {
        try (reader) {
            boolean caughtUp = false;
            while (!stopped) {
                for (ConsumerRecord<byte[], byte[]> record : reader.poll(POLL)) {
                    take(record);
                }
                if (!caughtUp && reader.isCaughtUp()) {
                    caughtUp = true;
                    listener.caughtUp();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void take(ConsumerRecord<byte[], byte[]> record) throws InterruptedException {
        if (record.topic().equals(topics.accuracy())) {
            read(accuracies, record, TopicWatch::fault).ifPresent(listener::published);
        } else if (record.topic().equals(topics.models())) {
            read(releases, record, release -> Optional.empty()).ifPresent(listener::released);
        } else if (record.topic().equals(topics.labels())) {
            if (sample.has(record.key())) {
                read(labels, record, RecordFaults::of).ifPresent(listener::labelled);
            }
        } else if (reader.isPast(record)) {
            read(predictions, record, TopicWatch::fault).ifPresent(listener::predictedInThePast);
        } else if (sample.has(record.key())) {
            read(predictions, record, TopicWatch::fault).ifPresent(listener::predicted);
        } else {
            listener.passedOver();
        }
    }

    private static Optional<String> fault(Prediction prediction) {
        return prediction.getProbabilities().size() == Digits.CLASSES
                ? RecordFaults.of(prediction)
                : Optional.of(
                        "it has " + prediction.getProbabilities().size() + " probabilities, not " + Digits.CLASSES);
    }

    private static Optional<String> fault(Accuracy figures) {
        return figures.getConfusion().size() == CELLS && figures.getClasses().size() == Digits.CLASSES
                ? Optional.empty()
                : Optional.of(
                        "its confusion matrix has " + figures.getConfusion().size() + " cells, not " + CELLS);
    }

    private <T> Optional<T> read(
            Decoder<T> decoder, ConsumerRecord<byte[], byte[]> record, Function<T, Optional<String>> fault)
            throws InterruptedException {
        while (true) {
            try {
                Decoded<T> decoded = decoder.decode(record.value());
                Optional<String> found = decoded instanceof Decoded.Malformed<T> malformed
                        ? Optional.of(malformed.reason())
                        : fault.apply(((Decoded.Value<T>) decoded).value());
                if (found.isPresent()) {
                    passOver(record, found.get());
                    return Optional.empty();
                }
                return Optional.of(((Decoded.Value<T>) decoded).value());
            } catch (RegistryUnavailableException e) {
                if (stopped) {
                    return Optional.empty();
                }
                LOG.warn("The schema registry is away; waiting: {}", e.getMessage());
                Thread.sleep(REGISTRY_PAUSE_MILLIS);
            }
        }
    }

    /** However many there are, the log gets a line a second. */
    private void passOver(ConsumerRecord<byte[], byte[]> record, String reason) {
        passedOver++;
        if (System.nanoTime() - warnedNanos > WARNING_NANOS) {
            LOG.warn(
                    "{}-{} offset {} is passed over, the {}. so far: {}",
                    record.topic(),
                    record.partition(),
                    record.offset(),
                    passedOver,
                    reason);
            warnedNanos = System.nanoTime();
        }
    }
}
