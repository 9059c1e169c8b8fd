package digitstream.classify;

import digitstream.streams.PolledRecords;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Classifies what one poll returned. The records of all partitions share batches, because a call of the model costs as much as
 * dozens of images do. The first task whose records are processed classifies for all of them; the others find their outcomes
 * there. Each task publishes its own, so Kafka Streams commits them with the records that they come from. Outcomes that nobody
 * fetches, because their partition went to another thread, are dropped. Used by one task.
 */
final class PollClassifier {
    private final ImageReader reader;
    private final ModelLease model;
    private final BatchClassifier classifier;
    private final int batchMaxSize;
    private final ClassifyMetrics metrics;
    private final Clock clock;

    private final List<PendingImage> batch = new ArrayList<>();
    /** Where the outcomes of the batch belong. */
    private final int[] positions;

    /**
     * Creates a classifier.
     *
     * @param model the model in service, which each batch is classified with; not closed
     */
    PollClassifier(ImageReader reader, ModelLease model, int batchMaxSize, ClassifyMetrics metrics, Clock clock) {
        this.reader = reader;
        this.model = model;
        this.classifier = new BatchClassifier(clock::millis, metrics::inferred);
        this.batchMaxSize = batchMaxSize;
        this.positions = new int[batchMaxSize];
        this.metrics = metrics;
        this.clock = clock;
    }

    /** The outcomes of a poll's records in one partition, in their order. */
    private record Outcomes(List<Outcome> all) {}

    /**
     * Returns the outcomes of records, in their order. Can be called once for each.
     *
     * @throws RuntimeException the model's exception, if it fails on images that it must classify
     */
    List<Outcome> outcomes(PolledRecords polled) {
        Object computed = polled.take();
        if (computed == null) {
            classifyAll(polled.poll());
            computed = Objects.requireNonNull(polled.take());
        }
        return ((Outcomes) computed).all();
    }

    private void classifyAll(List<PolledRecords> poll) {
        Outcome[] all = new Outcome
                [poll.stream().mapToInt(part -> part.records().size()).sum()];
        // An exception in an earlier call may have left images, whose records are processed again.
        batch.clear();
        int next = 0;
        for (PolledRecords part : poll) {
            for (ConsumerRecord<byte[], byte[]> record : part.records()) {
                add(reader.read(record, part.polledAtMillis()), all, next++, part);
            }
        }
        if (!batch.isEmpty()) {
            classify(FlushReason.POLL, poll.get(0), all);
        }
        int from = 0;
        for (PolledRecords part : poll) {
            int end = from + part.records().size();
            part.attach(new Outcomes(Arrays.asList(all).subList(from, end)));
            from = end;
        }
    }

    private void add(ImageReader.Read read, Outcome[] all, int position, PolledRecords part) {
        if (read instanceof ImageReader.Read.Valid valid) {
            positions[batch.size()] = position;
            batch.add(valid.image());
            if (batch.size() == batchMaxSize) {
                classify(FlushReason.SIZE, part, all);
            }
        } else {
            all[position] = new Outcome.Rejected(((ImageReader.Read.Rejected) read).deadLetter());
        }
    }

    private void classify(FlushReason reason, PolledRecords polled, Outcome[] all) {
        metrics.flushed(reason, batch.size(), clock.millis() - polled.polledAtMillis());
        ServedModel current = model.current();
        List<Classified> results = classifier.classify(model.classifier(), batch);
        metrics.classified(batch, results);
        current.metrics().classified(batch, results);
        for (int i = 0; i < batch.size(); i++) {
            PendingImage image = batch.get(i);
            all[positions[i]] = results.get(i) instanceof Classified.Predicted predicted
                    ? new Outcome.Answered(image, predicted, current.version())
                    : new Outcome.Rejected(
                            image.unclassifiable(((Classified.Unclassifiable) results.get(i)).message()));
        }
        batch.clear();
    }
}
