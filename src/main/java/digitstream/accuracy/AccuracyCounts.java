package digitstream.accuracy;

import digitstream.common.Digits;
import digitstream.common.SaturatedMath;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/**
 * The accuracy counts of one model version: predictions, confusion matrix, confidence bins and label delays. Counts are
 * additive: the counts of two disjoint sets of images add up to the counts of their union. Subtracting what was added
 * restores the previous counts exactly, because confidence is kept in millionths. Sums stop at the largest long instead of
 * overflowing. Mutable and not thread-safe.
 */
public final class AccuracyCounts {
    public static final int CONFIDENCE_BINS = 15;

    /** Bins of label delay, starting at 0, 1, 2, 4, 8 ... milliseconds; the last one starts at 2^38 ms (8.7 years). */
    public static final int DELAY_BINS = 40;

    private static final double MICRO = 1e6;
    private static final byte FORMAT = 1;

    private static final int PREDICTED = 0;
    private static final int DUPLICATES = 1;
    private static final int EXPIRED = 2;
    private static final int DELAY_SUM = 3;
    private static final int CONFUSION = 4;
    private static final int BIN_COUNT = CONFUSION + Digits.CLASSES * Digits.CLASSES;
    private static final int BIN_CORRECT = BIN_COUNT + CONFIDENCE_BINS;
    private static final int BIN_CONFIDENCE = BIN_CORRECT + CONFIDENCE_BINS;
    private static final int DELAY = BIN_CONFIDENCE + CONFIDENCE_BINS;
    private static final int SIZE = DELAY + DELAY_BINS;

    private final long[] counts = new long[SIZE];

    /** Counts the first prediction of an image by this model version. */
    public void addPredicted() {
        counts[PREDICTED]++;
    }

    /** Counts a further prediction of an image that this model version has already predicted. */
    public void addDuplicate() {
        counts[DUPLICATES]++;
    }

    /** Counts a prediction whose label did not arrive in time. */
    public void addExpired() {
        addExpired(1);
    }

    /** Counts predictions whose labels did not arrive in time. */
    public void addExpired(long predictions) {
        counts[EXPIRED] = SaturatedMath.add(counts[EXPIRED], predictions);
    }

    /**
     * Adds or subtracts a label of a predicted image.
     *
     * @param sign 1 to add, -1 to subtract
     * @param actual the label, 0 to 9
     * @param predicted the predicted digit, 0 to 9
     * @param confidence the confidence of the prediction, 0 to 1
     * @param delayMillis time from the image's event time to the label's; a negative delay counts as 0
     */
    public void addLabelled(int sign, int actual, int predicted, double confidence, long delayMillis) {
        int bin = bin(confidence);
        long delay = Math.max(0, delayMillis);
        counts[CONFUSION + Digits.CLASSES * actual + predicted] += sign;
        counts[BIN_COUNT + bin] += sign;
        counts[BIN_CORRECT + bin] += actual == predicted ? sign : 0;
        counts[BIN_CONFIDENCE + bin] += sign * Math.round(confidence * MICRO);
        counts[DELAY + delayBin(delay)] += sign;
        counts[DELAY_SUM] = SaturatedMath.add(counts[DELAY_SUM], sign * delay);
    }

    /** Adds the other counts to these. */
    public void add(AccuracyCounts other) {
        for (int i = 0; i < SIZE; i++) {
            counts[i] = SaturatedMath.add(counts[i], other.counts[i]);
        }
    }

    /** Whether every count is 0. */
    public boolean isZero() {
        return Arrays.stream(counts).allMatch(count -> count == 0);
    }

    public long predicted() {
        return counts[PREDICTED];
    }

    public long duplicates() {
        return counts[DUPLICATES];
    }

    public long expired() {
        return counts[EXPIRED];
    }

    public long labelled() {
        return sum(CONFUSION, Digits.CLASSES * Digits.CLASSES);
    }

    public long pending() {
        return predicted() - labelled() - expired();
    }

    public long correct() {
        long correct = 0;
        for (int digit = 0; digit < Digits.CLASSES; digit++) {
            correct += confusion(digit, digit);
        }
        return correct;
    }

    /** One cell of the confusion matrix: labelled images with this label that were predicted as this digit. */
    public long confusion(int actual, int predicted) {
        return counts[CONFUSION + Digits.CLASSES * actual + predicted];
    }

    /** Labelled images with this label. */
    public long support(int actual) {
        return sum(CONFUSION + Digits.CLASSES * actual, Digits.CLASSES);
    }

    /** Labelled images that were predicted as this digit. */
    public long predictedAs(int digit) {
        long sum = 0;
        for (int actual = 0; actual < Digits.CLASSES; actual++) {
            sum += confusion(actual, digit);
        }
        return sum;
    }

    /** Labelled images in a bin of label delay. The bins are 0, 1, 2 to 3, 4 to 7, 8 to 15 milliseconds and so on. */
    public long delays(int bin) {
        return counts[DELAY + bin];
    }

    /** The middle of a bin of label delay, in milliseconds. */
    public static double delayBinMiddleMillis(int bin) {
        return bin == 0 ? 0 : 0.75 * Math.scalb(1.0, bin);
    }

    public long binCount(int bin) {
        return counts[BIN_COUNT + bin];
    }

    public long binCorrect(int bin) {
        return counts[BIN_CORRECT + bin];
    }

    /** The sum of the confidences in a bin. */
    public double binConfidence(int bin) {
        return counts[BIN_CONFIDENCE + bin] / MICRO;
    }

    /** The mean confidence of the predictions of labelled images, 0 to 1; empty without labelled images. */
    public Optional<Double> meanConfidence() {
        long labelled = labelled();
        return labelled == 0 ? Optional.empty() : Optional.of(sum(BIN_CONFIDENCE, CONFIDENCE_BINS) / MICRO / labelled);
    }

    /**
     * The expected calibration error: the distance between mean confidence and accuracy, averaged over the bins and
     * weighted by their images. Empty without labelled images. After Naeini, Cooper and Hauskrecht, "Obtaining Well
     * Calibrated Probabilities Using Bayesian Binning" (2015), with the 15 equal bins of Guo et al., "On Calibration of
     * Modern Neural Networks" (2017).
     */
    public Optional<Double> expectedCalibrationError() {
        long labelled = labelled();
        if (labelled == 0) {
            return Optional.empty();
        }
        double error = 0;
        for (int bin = 0; bin < CONFIDENCE_BINS; bin++) {
            error += Math.abs(binConfidence(bin) - binCorrect(bin));
        }
        return Optional.of(error / labelled);
    }

    /** The mean label delay in milliseconds; empty without labelled images. */
    public Optional<Double> meanDelayMillis() {
        long labelled = labelled();
        // A sum that an older version stored may be negative after an overflow.
        return labelled == 0 ? Optional.empty() : Optional.of((double) Math.max(0, counts[DELAY_SUM]) / labelled);
    }

    /**
     * A quantile of the label delay in milliseconds, interpolated within bins whose ends differ by a factor of two. Empty
     * without labelled images.
     *
     * @param quantile 0 to 1
     */
    public Optional<Double> delayMillis(double quantile) {
        double rank = quantile * labelled();
        double below = 0;
        for (int bin = 0; bin < DELAY_BINS; bin++) {
            long count = counts[DELAY + bin];
            if (count > 0 && below + count >= rank) {
                double from = bin == 0 ? 0 : Math.scalb(1.0, bin - 1);
                double to = bin == 0 ? 1 : Math.scalb(1.0, bin);
                return Optional.of(from + (to - from) * Math.max(0, rank - below) / count);
            }
            below += count;
        }
        return Optional.empty();
    }

    /** Serializes the counts: a format byte, then each count as a zigzag varint. A run of zeros is a 0 and its length. */
    public byte[] toBytes() {
        ByteBuffer out = ByteBuffer.allocate(1 + SIZE * 10);
        out.put(FORMAT);
        for (int i = 0; i < SIZE; i++) {
            Varint.put(out, counts[i]);
            if (counts[i] == 0) {
                int zeros = 1;
                while (i + 1 < SIZE && counts[i + 1] == 0) {
                    zeros++;
                    i++;
                }
                Varint.put(out, zeros);
            }
        }
        return Arrays.copyOf(out.array(), out.position());
    }

    /**
     * Parses the output of {@link #toBytes()}.
     *
     * @throws IllegalArgumentException if the format byte is unknown or the bytes are truncated
     */
    public static AccuracyCounts fromBytes(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        AccuracyCounts read = new AccuracyCounts();
        try {
            if (in.get() != FORMAT) {
                throw new IllegalArgumentException(
                        "unknown format of accuracy counts; format " + FORMAT + " is supported");
            }
            for (int i = 0; i < SIZE; i++) {
                read.counts[i] = Varint.get(in);
                if (read.counts[i] == 0) {
                    i += (int) Varint.get(in) - 1;
                }
            }
            return read;
        } catch (BufferUnderflowException e) {
            throw new IllegalArgumentException("the accuracy counts are truncated", e);
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof AccuracyCounts that && Arrays.equals(counts, that.counts);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(counts);
    }

    private long sum(int from, int count) {
        long sum = 0;
        for (int i = from; i < from + count; i++) {
            sum += counts[i];
        }
        return sum;
    }

    /** The bins are (0, 1/15], (1/15, 2/15] and so on; 0 is in the first. */
    static int bin(double confidence) {
        return Math.max(0, Math.min(CONFIDENCE_BINS - 1, (int) Math.ceil(confidence * CONFIDENCE_BINS) - 1));
    }

    /** 0 is in bin 0, 1 in bin 1, 2 and 3 in bin 2, 4 to 7 in bin 3. */
    private static int delayBin(long delayMillis) {
        return Math.min(DELAY_BINS - 1, Long.SIZE - Long.numberOfLeadingZeros(delayMillis));
    }
}
