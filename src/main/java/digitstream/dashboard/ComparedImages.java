package digitstream.dashboard;

import static java.nio.charset.StandardCharsets.UTF_8;

import digitstream.accuracy.Baseline;
import digitstream.accuracy.Calibration;
import digitstream.accuracy.Drift;
import digitstream.accuracy.EstimatedAccuracy;
import digitstream.accuracy.PredictionMix;
import digitstream.accuracy.WilsonInterval;
import digitstream.avro.DigitLabel;
import digitstream.avro.Prediction;
import digitstream.common.DrawnId;
import digitstream.verdict.Observation.Compared;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The latest images of each model version that have a prediction and a label, so that what labels say can be compared with what the
 * model expects of the same images. An estimate and a measurement of different times would blame the labels for what has changed in
 * between. Thread-safe.
 */
final class ComparedImages {
    /**
     * The sample of images: enough for an answer within seconds, and so few that those that are kept cover nine minutes, in which
     * their labels may come.
     */
    static final int MAX_PER_SECOND = 120;

    private static final int MAX_WAITING = 1 << 16;
    private static final int MAX_VERSIONS = 16;

    /** Of each version. */
    private static final int LATEST = 1_000;

    private static final long MAX_AGE_MILLIS = Duration.ofHours(1).toMillis();
    private static final int RETRACTED = -1;

    private final Sample sample = new Sample(MAX_PER_SECOND);
    private final Map<String, Predicted> predictions = bounded(MAX_WAITING);
    private final Map<String, Label> labels = bounded(MAX_WAITING);
    private final Map<String, Map<String, Joined>> versions = bounded(MAX_VERSIONS);
    private final boolean drawnDigits;
    private final long enough;

    private record Predicted(String model, int label, float confidence, double calibrated) {}

    /** A label; with the digit {@link #RETRACTED} if the one before was taken back. */
    private record Label(int digit, long labelledMillis) {}

    private record Joined(Predicted prediction, int digit, long joinedMillis) {}

    /**
     * Creates an instance without images.
     *
     * @param drawnDigits whether digits that are drawn on the page count in accuracy
     * @param labelledMin how many images must have a label
     */
    ComparedImages(boolean drawnDigits, long labelledMin) {
        this.drawnDigits = drawnDigits;
        this.enough = Math.max(Drift.MIN_IMAGES, Math.min(LATEST, labelledMin));
    }

    /** Sets the rate of images in the partitions that are read, from which one in some is sampled. */
    void adjustTo(double imagesPerSecond) {
        sample.adjustTo(imagesPerSecond);
    }

    /**
     * Adds a prediction.
     *
     * @param temperature the calibration of its model
     */
    synchronized void predicted(Prediction prediction, double temperature, long nowMillis) {
        String imageId = prediction.getImageId();
        if (isLeftOut(imageId)) {
            return;
        }
        predictions.put(
                imageId,
                new Predicted(
                        Releases.key(prediction.getModelName(), prediction.getModelVersion()),
                        prediction.getLabel(),
                        prediction.getConfidence(),
                        Calibration.confidence(prediction.getProbabilities(), temperature)));
        join(imageId, nowMillis);
    }

    /** Adds a label, or replaces one that is not later. */
    void labelled(DigitLabel label, long nowMillis) {
        add(
                label.getImageId(),
                new Label(label.getLabel(), label.getLabelledAt().toEpochMilli()),
                nowMillis);
    }

    /** Takes the label of an image back, unless it is later. */
    void retracted(String imageId, long atMillis, long nowMillis) {
        add(imageId, new Label(RETRACTED, atMillis), nowMillis);
    }

    private synchronized void add(String imageId, Label label, long nowMillis) {
        Label before = labels.get(imageId);
        if (isLeftOut(imageId) || (before != null && before.labelledMillis() > label.labelledMillis())) {
            return;
        }
        labels.put(imageId, label);
        join(imageId, nowMillis);
    }

    private boolean isLeftOut(String imageId) {
        return DrawnId.isDrawn(imageId) ? !drawnDigits : !sample.has(imageId.getBytes(UTF_8));
    }

    private void join(String imageId, long nowMillis) {
        Predicted prediction = predictions.get(imageId);
        Label label = labels.get(imageId);
        if (prediction == null || label == null) {
            return;
        }
        Map<String, Joined> joined = versions.computeIfAbsent(prediction.model(), ignored -> bounded(LATEST));
        if (label.digit() == RETRACTED) {
            joined.remove(imageId);
        } else {
            joined.put(imageId, new Joined(prediction, label.digit(), nowMillis));
        }
    }

    /** Compares the latest images of a model version; empty if too few of the last hour have a label, or without calibration. */
    synchronized Optional<Compared> of(String model, Optional<Releases.Release> release, long nowMillis) {
        Map<String, Joined> joined = versions.get(model);
        return joined == null || release.isEmpty()
                ? Optional.empty()
                : compare(joined.values(), release.get().baseline(), nowMillis);
    }

    private Optional<Compared> compare(Collection<Joined> joined, Baseline baseline, long nowMillis) {
        PredictionMix mix = new PredictionMix();
        long correct = 0;
        for (Joined image : joined) {
            if (nowMillis - image.joinedMillis() <= MAX_AGE_MILLIS) {
                Predicted prediction = image.prediction();
                mix.add(prediction.label(), prediction.confidence(), prediction.calibrated());
                correct += prediction.label() == image.digit() ? 1 : 0;
            }
        }
        if (mix.count() < enough) {
            return Optional.empty();
        }
        Optional<EstimatedAccuracy> estimate = baseline.estimate(mix);
        double measured = (double) correct / mix.count();
        double high = WilsonInterval.of(correct, mix.count()).high();
        return estimate.map(its -> new Compared(measured, high, its.accuracy(), its.low(), baseline.drift(mix)));
    }

    private static <V> Map<String, V> bounded(int max) {
        return new LinkedHashMap<>() {
            @Override
            protected boolean removeEldestEntry(Map.Entry<String, V> eldest) {
                return size() > max;
            }
        };
    }
}
