package digitstream.dashboard;

import static java.nio.charset.StandardCharsets.UTF_8;

import digitstream.accuracy.RecordFaults;
import digitstream.avro.Accuracy;
import digitstream.avro.DigitLabel;
import digitstream.avro.ModelInstance;
import digitstream.avro.ModelRelease;
import digitstream.avro.Prediction;
import digitstream.client.CommittedReader;
import digitstream.common.Digits;
import digitstream.common.DrawnId;
import digitstream.common.EventTimeRange;
import digitstream.serde.AvroDecoder;
import digitstream.serde.Decoded;
import digitstream.serde.Decoder;
import digitstream.serde.RegistryUnavailableException;
import digitstream.serde.SchemaRegistry;
import digitstream.settings.Topics;
import digitstream.streams.DeadLetters;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.header.Header;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the topics and passes their records to a listener. Runs on one thread. Malformed and invalid records are logged and
 * skipped, because scoring writes them to the dead letters. If the schema registry is unavailable, it waits.
 */
final class TopicWatch implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(TopicWatch.class);
    private static final Duration POLL = Duration.ofMillis(100);
    /**
     * At high rates, waits this long after a small poll, so that the next one brings more records. Many small fetches cost this
     * process, and the brokers, more than the records that they bring.
     */
    private static final long BUSY_PAUSE_MILLIS = 25;

    private static final int SMALL_POLL = 1_000;
    private static final long SAMPLING_NANOS = Duration.ofMillis(100).toNanos();
    private static final long REGISTRY_RETRY_MILLIS = 1_000;
    private static final long WARNING_INTERVAL_NANOS = Duration.ofSeconds(1).toNanos();
    private static final int CELLS = Digits.CLASSES * Digits.CLASSES;

    private final CommittedReader reader;
    private final Topics topics;
    private final Decoder<Accuracy> accuracies;
    private final Decoder<ModelRelease> releases;
    private final Decoder<ModelInstance> instances;
    private final Decoder<Prediction> predictions;
    private final Decoder<DigitLabel> labels;
    private final EventTimeRange times;
    private final boolean drawnDigits;
    private final Clock clock;
    private final Sample sample;
    private final Listener listener;
    private volatile boolean stopped;
    private long sampledNanos = System.nanoTime();
    private long skipped;
    private long warnedNanos = System.nanoTime() - WARNING_INTERVAL_NANOS;

    /** Receives the records, on the thread that reads. */
    interface Listener {
        void released(ModelRelease release);

        /** Called for each record of a serving process, with the time at which the process started. */
        void served(String instance, long startedMillis);

        void published(Accuracy figures);

        void predicted(Prediction prediction);

        /** Called for live predictions that are not in the sample and were not decoded. */
        void unsampled(long predictions);

        /** Called for a prediction that was in its topic before the dashboard started. */
        void predictedBeforeStart(Prediction prediction);

        void labelled(DigitLabel label);

        /** Called for a record that takes the label of an image back. */
        void retracted(String imageId, long atMillis);

        /** Called for labels that may be scored, also those that are not in the sample, with the time at which they arrived. */
        void labelsArrived(long labels, long atMillis);

        /** Called for each dead letter, with its reason and the time at which it arrived. */
        void rejected(String reason, long atMillis);

        /** Called once, when all records that were in the topics at the start have been read. */
        void caughtUp();
    }

    /**
     * Creates a watch.
     *
     * @param reader reads the models, accuracy, predictions and labels; closed at the end of {@link #run}
     * @param times the event times that scoring accepts
     * @param drawnDigits whether scoring scores digits that are drawn on the page
     */
    TopicWatch(
            CommittedReader reader,
            Topics topics,
            SchemaRegistry schemas,
            EventTimeRange times,
            boolean drawnDigits,
            Clock clock,
            Sample sample,
            Listener listener) {
        this.reader = reader;
        this.topics = topics;
        this.accuracies = new AvroDecoder<>(schemas, Accuracy.class);
        this.releases = new AvroDecoder<>(schemas, ModelRelease.class);
        this.instances = new AvroDecoder<>(schemas, ModelInstance.class);
        this.predictions = new AvroDecoder<>(schemas, Prediction.class);
        this.labels = new AvroDecoder<>(schemas, DigitLabel.class);
        this.times = times;
        this.drawnDigits = drawnDigits;
        this.clock = clock;
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
                if (caughtUp) {
                    leaveOutPartitions();
                }
                ConsumerRecords<byte[], byte[]> records = reader.poll(POLL);
                for (ConsumerRecord<byte[], byte[]> record : records) {
                    take(record);
                }
                if (!caughtUp && reader.isCaughtUp()) {
                    caughtUp = true;
                    listener.caughtUp();
                }
                if (caughtUp && sample.oneIn() > 1 && records.count() < SMALL_POLL) {
                    Thread.sleep(BUSY_PAUSE_MILLIS);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** At high rates, most of the cost is reading itself. */
    private void leaveOutPartitions() {
        int oneIn = sample.onePartitionIn(reader.partitions(topics.predictions()));
        if (oneIn == 1) {
            reader.sampleAll();
        } else if (System.nanoTime() - sampledNanos >= SAMPLING_NANOS) {
            sampledNanos = System.nanoTime();
            Map<String, Long> others = reader.sample(Set.of(topics.predictions(), topics.labels()), oneIn);
            long predicted = others.getOrDefault(topics.predictions(), 0L);
            long labelled = others.getOrDefault(topics.labels(), 0L);
            if (predicted > 0) {
                listener.unsampled(predicted);
            }
            if (labelled > 0) {
                listener.labelsArrived(labelled, clock.millis());
            }
        }
    }

    private void take(ConsumerRecord<byte[], byte[]> record) throws InterruptedException {
        if (record.topic().equals(topics.accuracy())) {
            read(accuracies, record, TopicWatch::fault).ifPresent(listener::published);
        } else if (record.topic().equals(topics.models())) {
            read(releases, record, release -> Releases.fault(release, clock.millis()))
                    .ifPresent(listener::released);
        } else if (record.topic().equals(topics.instances())) {
            if (record.value() != null) {
                read(instances, record, instance -> Optional.empty())
                        .ifPresent(instance -> listener.served(
                                instance.getInstance(), instance.getStartedAt().toEpochMilli()));
            }
        } else if (record.topic().equals(topics.deadLetters())) {
            listener.rejected(reason(record), arrival(record));
        } else if (record.topic().equals(topics.labels())) {
            label(record);
        } else if (reader.isPast(record)) {
            prediction(record).ifPresent(listener::predictedBeforeStart);
        } else if (sample.has(record.key())) {
            prediction(record).ifPresent(listener::predicted);
        } else {
            listener.unsampled(1);
        }
    }

    private void label(ConsumerRecord<byte[], byte[]> record) throws InterruptedException {
        // The label of a drawn digit that is not scored doesn't mean that the labels of the stream arrive.
        if (record.value() != null && (drawnDigits || !DrawnId.isDrawn(record.key()))) {
            listener.labelsArrived(1, arrival(record));
        }
        if (!sample.has(record.key())) {
            return;
        }
        if (record.key() != null && record.value() == null) {
            retraction(record.key(), record);
        } else {
            read(labels, record, label -> RecordFaults.ofId(record.key(), label.getImageId())
                            .or(() -> RecordFaults.of(label, times, clock.millis())))
                    .ifPresent(listener::labelled);
        }
    }

    /** As in scoring, a timestamp that no label could have counts as the present. */
    private void retraction(byte[] key, ConsumerRecord<byte[], byte[]> record) {
        String imageId = new String(key, UTF_8);
        Optional<String> fault = RecordFaults.ofId(key, imageId);
        if (fault.isPresent()) {
            skip(record, fault.get());
            return;
        }
        long now = clock.millis();
        listener.retracted(imageId, times.contains(record.timestamp(), now) ? record.timestamp() : now);
    }

    /** That of a record that was there before is only known by its timestamp, which its producer has set. */
    private long arrival(ConsumerRecord<byte[], byte[]> record) {
        long now = clock.millis();
        return reader.isPast(record) ? Math.min(record.timestamp(), now) : now;
    }

    private static String reason(ConsumerRecord<byte[], byte[]> deadLetter) {
        Header reason = deadLetter.headers().lastHeader(DeadLetters.REASON);
        return reason == null || reason.value() == null ? "unknown" : new String(reason.value(), UTF_8);
    }

    private Optional<Prediction> prediction(ConsumerRecord<byte[], byte[]> record) throws InterruptedException {
        return read(predictions, record, prediction -> RecordFaults.ofId(record.key(), prediction.getImageId())
                .or(() -> RecordFaults.of(prediction, times, clock.millis())));
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
                Decoded<T> decoded = decoder.decode(record.headers(), record.value());
                Optional<String> found = decoded instanceof Decoded.Malformed<T> malformed
                        ? Optional.of(malformed.reason())
                        : fault.apply(((Decoded.Value<T>) decoded).value());
                if (found.isPresent()) {
                    skip(record, found.get());
                    return Optional.empty();
                }
                return Optional.of(((Decoded.Value<T>) decoded).value());
            } catch (RegistryUnavailableException e) {
                if (stopped) {
                    return Optional.empty();
                }
                LOG.warn("The schema registry is unavailable; retrying: {}", e.getMessage());
                Thread.sleep(REGISTRY_RETRY_MILLIS);
            }
        }
    }

    /** Logs at most one line per second. */
    private void skip(ConsumerRecord<byte[], byte[]> record, String reason) {
        skipped++;
        if (System.nanoTime() - warnedNanos > WARNING_INTERVAL_NANOS) {
            LOG.warn(
                    "Skipped {}-{} offset {} ({} skipped so far): {}",
                    record.topic(),
                    record.partition(),
                    record.offset(),
                    skipped,
                    reason);
            warnedNanos = System.nanoTime();
        }
    }
}
