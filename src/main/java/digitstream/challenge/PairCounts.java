package digitstream.challenge;

import digitstream.common.Digits;
import java.util.Arrays;

/**
 * The pairs of one champion and one challenger by true class. Additive: the counts of two disjoint sets of images add up to
 * the counts of their union, and subtracting what was added restores the previous counts. Mutable and not thread-safe.
 */
public final class PairCounts {
    private static final int CELLS = 4;
    private static final int SIZE = CELLS * Digits.CLASSES;

    private static final int BOTH_RIGHT = 0;
    private static final int ONLY_CHAMPION = 1;
    private static final int ONLY_CHALLENGER = 2;
    private static final int BOTH_WRONG = 3;

    private final long[] counts;

    public PairCounts() {
        this(new long[SIZE]);
    }

    private PairCounts(long[] counts) {
        this.counts = counts;
    }

    /**
     * Restores what {@link #toArray()} returned.
     *
     * @throws IllegalArgumentException if the array has another length
     */
    public static PairCounts of(long[] counts) {
        if (counts.length != SIZE) {
            throw new IllegalArgumentException("pair counts have " + SIZE + " entries, not " + counts.length);
        }
        return new PairCounts(counts.clone());
    }

    /**
     * Adds or takes back images with a label.
     *
     * @param images how many to add, negative to take them back
     * @param actual the label, 0 to 9
     */
    public void add(int images, int actual, boolean championRight, boolean challengerRight) {
        int cell;
        if (championRight) {
            cell = challengerRight ? BOTH_RIGHT : ONLY_CHAMPION;
        } else {
            cell = challengerRight ? ONLY_CHALLENGER : BOTH_WRONG;
        }
        counts[CELLS * actual + cell] += images;
    }

    /** Adds the other counts to these. */
    public void add(PairCounts other) {
        for (int i = 0; i < SIZE; i++) {
            counts[i] += other.counts[i];
        }
    }

    /** Subtracts the other counts from these. */
    public void subtract(PairCounts other) {
        for (int i = 0; i < SIZE; i++) {
            counts[i] -= other.counts[i];
        }
    }

    /** The images with this label. */
    public Pairs of(int actual) {
        int from = CELLS * actual;
        return new Pairs(
                counts[from + BOTH_RIGHT],
                counts[from + ONLY_CHAMPION],
                counts[from + ONLY_CHALLENGER],
                counts[from + BOTH_WRONG]);
    }

    /** The images of all classes. */
    public Pairs total() {
        Pairs total = Pairs.NONE;
        for (int actual = 0; actual < Digits.CLASSES; actual++) {
            total = total.plus(of(actual));
        }
        return total;
    }

    /** A copy with the roles exchanged. */
    public PairCounts swapped() {
        PairCounts swapped = new PairCounts(counts.clone());
        for (int from = 0; from < SIZE; from += CELLS) {
            swapped.counts[from + ONLY_CHAMPION] = counts[from + ONLY_CHALLENGER];
            swapped.counts[from + ONLY_CHALLENGER] = counts[from + ONLY_CHAMPION];
        }
        return swapped;
    }

    /** A copy of the counts: for each class both right, only champion, only challenger, both wrong. */
    public long[] toArray() {
        return counts.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PairCounts that && Arrays.equals(counts, that.counts);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(counts);
    }

    @Override
    public String toString() {
        return total().toString();
    }
}
