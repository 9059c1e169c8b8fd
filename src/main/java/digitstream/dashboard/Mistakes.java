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
 * The latest wrong predictions, a few for each cell of the confusion matrix. Predictions and labels are joined here by image
 * id, as far back as memory is kept; a corrected label takes a mistake back. This is for looking at: the figures are those
 * that the scoring topology publishes. Safe for use by several threads.
 */
final class Mistakes {
    /** Images; at the 4,000 a second that are looked into at most, labels may come 16 seconds later. */
    static final int REMEMBERED = 1 << 16;

    private static final int A_CELL = 24;

    private final Map<String, Said> said = bounded();
    private final Map<String, Label> labels = bounded();
    private final List<Deque<Mistake>> cells = new ArrayList<>();
    private long found;

    /**
     * A wrong prediction.
     *
     * @param partition of the images' topic; likewise the offset
     * @param confidence 0 to 1
     * @param at when the image came to be
     * @param number counts mistakes in the order in which they were found
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

    private record Said(int label, float confidence, int partition, long offset, String modelVersion, Instant at) {}

    private record Label(int digit, Instant at) {}

    Mistakes() {
        for (int i = 0; i < Digits.CLASSES * Digits.CLASSES; i++) {
            cells.add(new ArrayDeque<>());
        }
    }

    synchronized void predicted(Prediction prediction) {
        Said now = new Said(
                prediction.getLabel(),
                prediction.getConfidence(),
                prediction.getImagePartition(),
                prediction.getImageOffset(),
                prediction.getModelVersion(),
                prediction.getEventTime());
        said.put(prediction.getImageId(), now);
        join(prediction.getImageId(), now, labels.get(prediction.getImageId()));
    }

    synchronized void labelled(DigitLabel label) {
        Label before = labels.get(label.getImageId());
        if (before != null && before.at().isAfter(label.getLabelledAt())) {
            return;
        }
        Label now = new Label(label.getLabel(), label.getLabelledAt());
        labels.put(label.getImageId(), now);
        join(label.getImageId(), said.get(label.getImageId()), now);
        if (before != null && before.digit() != now.digit()) {
            cells.subList(Digits.CLASSES * before.digit(), Digits.CLASSES * (before.digit() + 1))
                    .forEach(cell -> cell.removeIf(mistake -> mistake.imageId().equals(label.getImageId())));
        }
    }

    private void join(String imageId, @Nullable Said prediction, @Nullable Label label) {
        if (prediction == null || label == null || prediction.label() == label.digit()) {
            return;
        }
        Deque<Mistake> cell = cells.get(Digits.CLASSES * label.digit() + prediction.label());
        // A label that is said again, or a prediction that is replayed, is no second mistake.
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
        if (cell.size() > A_CELL) {
            cell.removeFirst();
        }
    }

    /** How many images it knows the predictions of. */
    synchronized int images() {
        return said.size();
    }

    /** The latest of all cells, in the order in which they were found, newest first. */
    synchronized List<Mistake> latest(int most) {
        return cells.stream()
                .flatMap(Deque::stream)
                .sorted(Comparator.comparingLong(Mistake::number).reversed())
                .limit(most)
                .toList();
    }

    /** The latest of one cell, newest first. */
    synchronized List<Mistake> of(int actual, int predicted) {
        List<Mistake> all = new ArrayList<>();
        cells.get(Digits.CLASSES * actual + predicted).descendingIterator().forEachRemaining(all::add);
        return all;
    }

    private static <V> Map<String, V> bounded() {
        return new LinkedHashMap<>() {
            @Override
            protected boolean removeEldestEntry(Map.Entry<String, V> eldest) {
                return size() > REMEMBERED;
            }
        };
    }
}
