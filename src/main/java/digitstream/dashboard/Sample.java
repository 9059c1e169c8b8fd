package digitstream.dashboard;

import digitstream.common.DrawnId;
import java.time.Duration;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The sample of images whose predictions and labels are looked at. It holds all images at low rates and one in 2, 4, 8 ... at higher
 * rates, so that the dashboard takes little capacity from the pipeline. First partitions are left out, then images of the others by
 * the hash of their id: an image's prediction and label are either both in the sample or both not, unless the sample changes in
 * between. Drawn digits are always included. Thread-safe.
 */
final class Sample {
    /** Enough images for the percentiles and shares of a second. */
    static final int MAX_PER_SECOND = 2_000;

    /** Spreads hashes that differ in few bits: 2^32 over the golden ratio (Knuth, "Sorting and Searching", 6.4). */
    private static final int FIBONACCI = 0x9E3779B9;

    /** How long all partitions are read after a digit was drawn. */
    private static final long DRAWING_NANOS = Duration.ofSeconds(15).toNanos();

    private final int maxPerSecond;
    private volatile int bits;
    private volatile int partitionBits;
    private volatile long drawnNanos = System.nanoTime() - DRAWING_NANOS;

    /** Creates a sample of all images, for rates up to {@link #MAX_PER_SECOND}. */
    Sample() {
        this(MAX_PER_SECOND);
    }

    /**
     * Creates a sample of all images. Of two samples, that with fewer images is a part of the other.
     *
     * @param maxPerSecond the most images per second
     */
    Sample(int maxPerSecond) {
        this.maxPerSecond = maxPerSecond;
    }

    /** Whether the image with this record key, in a partition that is read, is in the sample. */
    boolean has(byte @Nullable [] key) {
        int zeros = bits - partitionBits;
        if (zeros == 0 || key == null) {
            return true;
        }
        return Integer.numberOfLeadingZeros(FIBONACCI * Arrays.hashCode(key)) >= zeros || DrawnId.isDrawn(key);
    }

    /** Sets the sample size for a rate: the largest with at most so many images per second. */
    void adjustTo(double imagesPerSecond) {
        int next = 0;
        while (imagesPerSecond / (1 << next) > maxPerSecond) {
            next++;
        }
        bits = next;
    }

    /**
     * Returns which of the partitions are to be read: one in so many. All of them while somebody draws, because the prediction of
     * the drawn digit may be in any.
     *
     * @param partitions how many there are
     */
    int onePartitionIn(int partitions) {
        int most = Integer.SIZE - 1 - Integer.numberOfLeadingZeros(Math.max(1, partitions));
        partitionBits = System.nanoTime() - drawnNanos < DRAWING_NANOS ? 0 : Math.min(bits, most);
        return 1 << partitionBits;
    }

    /** The n of one partition in n that is read. */
    int onePartitionIn() {
        return 1 << partitionBits;
    }

    /** Says that a digit is drawn, and that its prediction and label are wanted. */
    void drawn() {
        drawnNanos = System.nanoTime();
    }

    /** The n of the sample of one image in n. */
    int oneIn() {
        return 1 << bits;
    }
}
