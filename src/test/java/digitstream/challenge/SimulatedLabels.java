package digitstream.challenge;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.Predicate;

/**
 * Labels of a stream of classified images, as they arrive: late and therefore out of order, some never, some wrong, of which
 * most are corrected later, and some retracted. Keeps the pair counts up to date, as scoring does.
 */
final class SimulatedLabels {
    /** Of the images, this share never gets a label. */
    private static final double MISSING = 0.1;

    /** Of the labels, this share is wrong at first, and of those, this share is corrected. */
    private static final double WRONG = 0.02;

    private static final double CORRECTED = 0.7;

    /** Of the correct labels, this share is retracted. */
    private static final double RETRACTED = 0.005;

    /** Mean delays, in images. */
    private static final double LABEL_DELAY = 500;

    private static final double CORRECTION_DELAY = 3_000;

    private static final int NO_LABEL = -1;
    private static final int INDEX_BITS = 24;

    private final SplittableRandom random;
    private final int spanImages;

    private int images;
    private byte[] actual = new byte[1_024];
    private byte[] champion = new byte[1_024];
    private byte[] challenger = new byte[1_024];
    private byte[] label = new byte[1_024];
    private byte[] firstLabel = new byte[1_024];
    private int[] time = new int[1_024];

    private int eventCount;
    private long[] events = new long[2_048];

    private PairCounts counts = new PairCounts();
    private PairCounts[] spans = new PairCounts[0];
    private int span;
    private int onlyChampion;
    private int onlyChallenger;
    private int labelledSince;
    private int delivered;

    /**
     * @param spanImages images per span, for {@link #span()}
     */
    SimulatedLabels(SplittableRandom random, int spanImages) {
        this.random = random;
        this.spanImages = spanImages;
    }

    /** An image that both models have classified, and the arrival of its labels. The time of an image is its number in the stream. */
    void add(int imageTime, SimulatedModels models) {
        if (images == actual.length) {
            grow();
        }
        int index = images++;
        actual[index] = (byte) models.actual();
        champion[index] = (byte) models.championPrediction();
        challenger[index] = (byte) models.challengerPrediction();
        label[index] = NO_LABEL;
        time[index] = imageTime;
        if (random.nextDouble() < MISSING) {
            return;
        }
        double arrival = imageTime + delay(LABEL_DELAY);
        boolean wrong = random.nextDouble() < WRONG;
        firstLabel[index] = (byte) (wrong ? SimulatedModels.mistake(random, models.actual()) : models.actual());
        event(arrival, index);
        if (random.nextDouble() < (wrong ? CORRECTED : RETRACTED)) {
            event(arrival + delay(CORRECTION_DELAY), index);
        }
    }

    private double delay(double mean) {
        return -mean * Math.log(1 - random.nextDouble());
    }

    private void event(double at, int index) {
        if (eventCount == events.length) {
            events = Arrays.copyOf(events, 2 * events.length);
        }
        // A tie within a sixteenth of an image is broken by the index.
        events[eventCount++] = (long) (16 * at) << INDEX_BITS | index;
    }

    private void grow() {
        int size = 2 * actual.length;
        actual = Arrays.copyOf(actual, size);
        champion = Arrays.copyOf(champion, size);
        challenger = Arrays.copyOf(challenger, size);
        label = Arrays.copyOf(label, size);
        firstLabel = Arrays.copyOf(firstLabel, size);
        time = Arrays.copyOf(time, size);
    }

    /**
     * Delivers the labels, until somebody who looks after each of them has seen enough.
     *
     * @param from time from which {@link #labelledSince()} counts images
     * @return whether it was seen
     */
    boolean play(int from, Predicate<SimulatedLabels> seenEnough) {
        Arrays.sort(events, 0, eventCount);
        counts = new PairCounts();
        spans = new PairCounts[images == 0 ? 0 : 1 + time[images - 1] / spanImages];
        Arrays.setAll(spans, i -> new PairCounts());
        onlyChampion = 0;
        onlyChallenger = 0;
        labelledSince = 0;
        delivered = 0;
        for (int i = 0; i < eventCount; i++) {
            deliver((int) (events[i] & ((1 << INDEX_BITS) - 1)), from);
            if (seenEnough.test(this)) {
                return true;
            }
        }
        return false;
    }

    private void deliver(int index, int from) {
        delivered++;
        span = time[index] / spanImages;
        if (label[index] == NO_LABEL) {
            label[index] = firstLabel[index];
            count(1, index);
            labelledSince += time[index] >= from ? 1 : 0;
        } else {
            count(-1, index);
            // The second event of an image corrects a wrong label and retracts a correct one.
            boolean retracted = label[index] == actual[index];
            label[index] = retracted ? NO_LABEL : actual[index];
            if (!retracted) {
                count(1, index);
            }
        }
    }

    private void count(int sign, int index) {
        boolean championRight = champion[index] == label[index];
        boolean challengerRight = challenger[index] == label[index];
        counts.add(sign, label[index], championRight, challengerRight);
        spans[span].add(sign, label[index], championRight, challengerRight);
        if (championRight != challengerRight) {
            onlyChampion += championRight ? sign : 0;
            onlyChallenger += challengerRight ? sign : 0;
        }
    }

    /** Labels, corrections and retractions so far. */
    int delivered() {
        return delivered;
    }

    PairCounts counts() {
        return counts;
    }

    /** The number of the span whose counts have changed last, from 0. */
    int span() {
        return span;
    }

    PairCounts spanCounts() {
        return spans[span];
    }

    int onlyChampion() {
        return onlyChampion;
    }

    int onlyChallenger() {
        return onlyChallenger;
    }

    /** Labels of images from the given time on. */
    int labelledSince() {
        return labelledSince;
    }
}
