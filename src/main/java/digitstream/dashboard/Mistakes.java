package digitstream.dashboard;

import digitstream.avro.DigitLabel;
import digitstream.avro.Prediction;
import digitstream.common.Digits;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The latest wrong predictions, a few for each cell of the confusion matrix. Joins predictions and labels by image id over the
 * last {@link #MAX_IMAGES} images; a corrected or retracted label removes a mistake. Only for display: the page's figures come from the
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
            String modelName,
            String modelVersion,
            Instant at,
            long number) {
        /** {@code <name>/<version>} */
        String model() {
            return Releases.key(modelName, modelVersion);
        }

        private boolean isOf(String id, Predicted prediction) {
            return imageId.equals(id)
                    && modelName.equals(prediction.modelName())
                    && modelVersion.equals(prediction.modelVersion());
        }
    }

    private record Predicted(
            int label,
            float confidence,
            int partition,
            long offset,
            String modelName,
            String modelVersion,
            Instant at) {
        private boolean isRepeatedBy(Predicted next) {
            return label == next.label()
                    && modelName.equals(next.modelName())
                    && modelVersion.equals(next.modelVersion());
        }
    }

    /** A label; with the digit {@link #RETRACTED} if the one before was taken back. */
    private record Label(int digit, Instant at) {}

    private static final int RETRACTED = -1;

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
                prediction.getModelName(),
                prediction.getModelVersion(),
                prediction.getEventTime());
        Predicted before = predictions.put(prediction.getImageId(), now);
        if (before != null && !before.isRepeatedBy(now)) {
            // A version has one prediction of an image: the last one.
            cells.forEach(cell -> cell.removeIf(mistake -> mistake.isOf(prediction.getImageId(), now)));
        }
        join(prediction.getImageId(), now, labels.get(prediction.getImageId()));
    }

    synchronized void labelled(DigitLabel label) {
        labelled(label.getImageId(), new Label(label.getLabel(), label.getLabelledAt()));
    }

    /** Takes the label of an image back, unless it is later. */
    synchronized void retracted(String imageId, Instant at) {
        labelled(imageId, new Label(RETRACTED, at));
    }

    private void labelled(String imageId, Label now) {
        Label before = labels.get(imageId);
        if (before != null && before.at().isAfter(now.at())) {
            return;
        }
        labels.put(imageId, now);
        join(imageId, predictions.get(imageId), now);
        if (before != null && before.digit() != RETRACTED && before.digit() != now.digit()) {
            cells.subList(Digits.CLASSES * before.digit(), Digits.CLASSES * (before.digit() + 1))
                    .forEach(cell -> cell.removeIf(mistake -> mistake.imageId().equals(imageId)));
        }
    }

    private void join(String imageId, @Nullable Predicted prediction, @Nullable Label label) {
        if (prediction == null || label == null || label.digit() == RETRACTED || prediction.label() == label.digit()) {
            return;
        }
        Deque<Mistake> cell = cells.get(Digits.CLASSES * label.digit() + prediction.label());
        // A repeated label or a replayed prediction is not a second mistake, but another version makes its own.
        cell.removeIf(mistake -> mistake.isOf(imageId, prediction));
        cell.addLast(new Mistake(
                imageId,
                prediction.partition(),
                prediction.offset(),
                prediction.label(),
                label.digit(),
                prediction.confidence(),
                prediction.modelName(),
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

    /** Mistakes of all cells in an order, at most so many. */
    synchronized List<Mistake> first(MistakeOrder order, int max) {
        return cells.stream()
                .flatMap(Deque::stream)
                .sorted(order.comparator())
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
