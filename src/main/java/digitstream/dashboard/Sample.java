package digitstream.dashboard;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Which images are looked at one by one: all of them; and when more come than a person's figures need, every second, fourth,
 * eighth and so on, so that watching takes little from what is watched. By the image id's hash, so that an image's prediction
 * and label are both in it, or neither, unless its size changes in between. Drawn digits always are. Safe for use by several threads.
 */
final class Sample {
    /** A second's percentiles and shares are exact enough with so many. */
    static final int MOST_A_SECOND = 4_000;

    /** Spreads hashes that differ in few bits: 2^32 over the golden ratio (Knuth, "Sorting and Searching", 6.4). */
    private static final int FIBONACCI = 0x9E3779B9;

    private static final byte[] ALWAYS = Drawings.PREFIX.getBytes(UTF_8);

    private volatile int bits;

    /** Whether an image is in it, by its record's key. */
    boolean has(byte @Nullable [] key) {
        int zeros = bits;
        if (zeros == 0 || key == null) {
            return true;
        }
        return Integer.numberOfLeadingZeros(FIBONACCI * Arrays.hashCode(key)) >= zeros
                || (key.length > ALWAYS.length && Arrays.equals(key, 0, ALWAYS.length, ALWAYS, 0, ALWAYS.length));
    }

    /** Makes it as large as it may be at a rate. */
    void adjustTo(double imagesPerSecond) {
        int next = 0;
        while (imagesPerSecond / (1 << next) > MOST_A_SECOND) {
            next++;
        }
        bits = next;
    }

    /** One image in so many is in it. */
    int oneIn() {
        return 1 << bits;
    }
}
