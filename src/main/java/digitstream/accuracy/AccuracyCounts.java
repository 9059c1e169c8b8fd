package digitstream.accuracy;

import digitstream.common.Digits;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/**
 * What was counted of some images' predictions, for one model version: a sum of such counts is the counts of all the images,
 * and taking back what was added leaves what was there before, exactly (confidence is kept in millionths). Changes in place;
 * used by one thread.
 */
public final class AccuracyCounts {
    public static final int CONFIDENCE_BINS = 15;

    /** Label delays from 0, 1, 2, 4, 8 ... milliseconds on; the last bin, from 2^38 ms on, begins at 8.7 years. */
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

    /** A prediction of an image that this model version had not predicted before. */
    public void addPredicted() {
        counts[PREDICTED]++;
    }

    /** A prediction of an image that this model version had predicted before. */
    public void addDuplicate() {
        counts[DUPLICATES]++;
    }

    /** A prediction whose label did not come in time. */
    public void addExpired() {
        counts[EXPIRED]++;
    }

    /**
     * A label for a predicted image, or such a label taken back.
     *
     * @param sign 1 or -1
     * @param actual what the image shows, 0 to 9
     * @param predicted what the model said, 0 to 9
     * @param confidence in that, 0 to 1
     * @param delayMillis from the image's event time to the label's; a negative one counts as 0
     */
    public void addLabelled(int sign, int actual, int predicted, double confidence, long delayMillis) {
        int bin = bin(confidence);
        long delay = Math.max(0, delayMillis);
        counts[CONFUSION + Digits.CLASSES * actual + predicted] += sign;
        counts[BIN_COUNT + bin] += sign;
        counts[BIN_CORRECT + bin] += actual == predicted ? sign : 0;
        counts[BIN_CONFIDENCE + bin] += sign * Math.round(confidence * MICRO);
        counts[DELAY + delayBin(delay)] += sign;
        counts[DELAY_SUM] += sign * delay;
    }

    /** Adds all of another's counts to this one's. */
    public void add(AccuracyCounts other) {
        for (int i = 0; i < SIZE; i++) {
            counts[i] += other.counts[i];
        }
    }

    /** Whether nothing was counted, or all of it was taken back. */
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

    /** Labelled images of one digit that the model said to be another, or the same. */
    public long confusion(int actual, int predicted) {
        return counts[CONFUSION + Digits.CLASSES * actual + predicted];
    }

    /** Labelled images of a digit. */
    public long support(int actual) {
        return sum(CONFUSION + Digits.CLASSES * actual, Digits.CLASSES);
    }

    /** Labelled images that the model said to be a digit. */
    public long said(int predicted) {
        long said = 0;
        for (int actual = 0; actual < Digits.CLASSES; actual++) {
            said += confusion(actual, predicted);
        }
        return said;
    }

    /** Labelled images of a bin of label delays: 0, 1, 2 to 3, 4 to 7, 8 to 15 milliseconds and so on. */
    public long delays(int bin) {
        return counts[DELAY + bin];
    }

    /** The middle of a bin of label delays. */
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

    /** Mean confidence of the labelled images' predictions. */
    public Optional<Double> meanConfidence() {
        long labelled = labelled();
        return labelled == 0 ? Optional.empty() : Optional.of(sum(BIN_CONFIDENCE, CONFIDENCE_BINS) / MICRO / labelled);
    }

    /**
     * The expected calibration error: over the bins, the distance of mean confidence from accuracy, weighted by images.
     * After Naeini, Cooper and Hauskrecht, "Obtaining Well Calibrated Probabilities Using Bayesian Binning" (2015), with the
     * 15 equal bins of Guo et al., "On Calibration of Modern Neural Networks" (2017).
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

    /** Mean label delay in milliseconds. */
    public Optional<Double> meanDelayMillis() {
        long labelled = labelled();
        return labelled == 0 ? Optional.empty() : Optional.of((double) counts[DELAY_SUM] / labelled);
    }

    /**
     * A quantile of the label delay in milliseconds, interpolated within bins that are a factor of two wide.
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

    /** The counts in few bytes: a format byte, then each as a zigzag varint, with runs of zeros shortened. */
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
     * Reads what {@link #toBytes()} wrote.
     *
     * @throws IllegalArgumentException for anything else
     */
    public static AccuracyCounts fromBytes(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        AccuracyCounts read = new AccuracyCounts();
        try {
            if (in.get() != FORMAT) {
                throw new IllegalArgumentException("these are no counts of format " + FORMAT);
            }
            for (int i = 0; i < SIZE; i++) {
                read.counts[i] = Varint.get(in);
                if (read.counts[i] == 0) {
                    i += (int) Varint.get(in) - 1;
                }
            }
            return read;
        } catch (BufferUnderflowException e) {
            throw new IllegalArgumentException("these counts are cut off", e);
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

    /** Bins are (0, 1/15], (1/15, 2/15] and so on; 0 itself is in the first. */
    static int bin(double confidence) {
        return Math.max(0, Math.min(CONFIDENCE_BINS - 1, (int) Math.ceil(confidence * CONFIDENCE_BINS) - 1));
    }

    /** 0 is in bin 0, 1 in bin 1, 2 and 3 in bin 2, 4 to 7 in bin 3. */
    private static int delayBin(long delayMillis) {
        return Math.min(DELAY_BINS - 1, Long.SIZE - Long.numberOfLeadingZeros(delayMillis));
    }
}
