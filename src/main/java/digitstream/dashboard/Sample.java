package digitstream.dashboard;

import digitstream.common.DrawnId;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The sample of images whose predictions are decoded. It holds all images at low rates and one in 2, 4, 8 ... at higher rates, so
 * that the dashboard takes little capacity from the pipeline. Sampling is by the hash of the image id: an image's prediction and
 * label are either both in the sample or both not, unless the sample size changes in between. Drawn digits are always included.
 * Thread-safe.
 */
final class Sample {
    /** Enough images for the percentiles and shares of a second. */
    static final int MAX_PER_SECOND = 2_000;

    /** Spreads hashes that differ in few bits: 2^32 over the golden ratio (Knuth, "Sorting and Searching", 6.4). */
    private static final int FIBONACCI = 0x9E3779B9;

    private volatile int bits;

    /** Whether the image with this record key is in the sample. */
    boolean has(byte @Nullable [] key) {
        int zeros = bits;
        if (zeros == 0 || key == null) {
            return true;
        }
        return Integer.numberOfLeadingZeros(FIBONACCI * Arrays.hashCode(key)) >= zeros || DrawnId.isDrawn(key);
    }

    /** Sets the sample size for a rate: the largest with at most {@link #MAX_PER_SECOND} images per second. */
    void adjustTo(double imagesPerSecond) {
        int next = 0;
        while (imagesPerSecond / (1 << next) > MAX_PER_SECOND) {
            next++;
        }
        bits = next;
    }

    /** The n of the sample of one image in n. */
    int oneIn() {
        return 1 << bits;
    }
}
