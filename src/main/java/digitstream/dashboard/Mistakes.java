package digitstream.dashboard;

import digitstream.avro.DigitLabel;
import digitstream.avro.Prediction;
import digitstream.common.Digits;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The latest wrong predictions, a few for each cell of the confusion matrix. Joins predictions and labels by image id over the
 * last {@link #MAX_IMAGES} images; a corrected label removes a mistake. Only for display: the page's figures come from the
 * scoring topology. Thread-safe.
 */
final class Mistakes {
    /** At {@link Sample#MAX_PER_SECOND} images, labels may arrive up to 16 seconds after predictions. */
    static final int MAX_IMAGES = 1 << 16;

    private static final int MAX_PER_CELL = 24;

    private final Map<String, Predicted> predictions = bounded();
    private final Map<String, Label> labels = bounded();
    private final List<Deque<Mistake>> cells = new ArrayList<>();
    private long found;

    /**
     * A wrong prediction.
     *
     * @param partition partition of the image in its topic
     * @param offset offset of the image in its partition
     * @param confidence 0 to 1
     * @param at event time of the image
     * @param number sequence number, in the order in which mistakes were found
     */
    record Mistake(
            String imageId,
            int partition,
            long offset,
            int predicted,
            int actual,
            float confidence,
            String modelVersion,
            Instant at,
            long number) {}

    private record Predicted(
            int label, float confidence, int partition, long offset, String modelVersion, Instant at) {}

    private record Label(int digit, Instant at) {}

    Mistakes() {
        for (int i = 0; i < Digits.CLASSES * Digits.CLASSES; i++) {
            cells.add(new ArrayDeque<>());
        }
    }

    synchronized void predicted(Prediction prediction) {
        Predicted now = new Predicted(
                prediction.getLabel(),
                prediction.getConfidence(),
                prediction.getImagePartition(),
                prediction.getImageOffset(),
                prediction.getModelVersion(),
                prediction.getEventTime());
        predictions.put(prediction.getImageId(), now);
        join(prediction.getImageId(), now, labels.get(prediction.getImageId()));
    }

    synchronized void labelled(DigitLabel label) {
        Label before = labels.get(label.getImageId());
        if (before != null && before.at().isAfter(label.getLabelledAt())) {
            return;
        }
        Label now = new Label(label.getLabel(), label.getLabelledAt());
        labels.put(label.getImageId(), now);
        join(label.getImageId(), predictions.get(label.getImageId()), now);
        if (before != null && before.digit() != now.digit()) {
            cells.subList(Digits.CLASSES * before.digit(), Digits.CLASSES * (before.digit() + 1))
                    .forEach(cell -> cell.removeIf(mistake -> mistake.imageId().equals(label.getImageId())));
        }
    }

    private void join(String imageId, @Nullable Predicted prediction, @Nullable Label label) {
        if (prediction == null || label == null || prediction.label() == label.digit()) {
            return;
        }
        Deque<Mistake> cell = cells.get(Digits.CLASSES * label.digit() + prediction.label());
        // A repeated label or a replayed prediction is not a second mistake.
        cell.removeIf(mistake -> mistake.imageId().equals(imageId));
        cell.addLast(new Mistake(
                imageId,
                prediction.partition(),
                prediction.offset(),
                prediction.label(),
                label.digit(),
                prediction.confidence(),
                prediction.modelVersion(),
                prediction.at(),
                found++));
        if (cell.size() > MAX_PER_CELL) {
            cell.removeFirst();
        }
    }

    /** The number of images whose predictions are kept. */
    synchronized int images() {
        return predictions.size();
    }

    /** The latest mistakes of all cells, the one found last first. */
    synchronized List<Mistake> latest(int max) {
        return cells.stream()
                .flatMap(Deque::stream)
                .sorted(Comparator.comparingLong(Mistake::number).reversed())
                .limit(max)
                .toList();
    }

    /** The latest mistakes of one cell, the one found last first. */
    synchronized List<Mistake> of(int actual, int predicted) {
        List<Mistake> all = new ArrayList<>();
        cells.get(Digits.CLASSES * actual + predicted).descendingIterator().forEachRemaining(all::add);
        return all;
    }

    private static <V> Map<String, V> bounded() {
        return new LinkedHashMap<>() {
            @Override
            protected boolean removeEldestEntry(Map.Entry<String, V> eldest) {
                return size() > MAX_IMAGES;
            }
        };
    }
}
