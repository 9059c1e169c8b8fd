package digitstream.data;

import digitstream.common.Digits;
import digitstream.data.drawn.DigitPen;
import java.util.Random;

/**
 * Draws synthetic digits, for use when no real ones are available. Image i depends only on i and the seed. Thread-safe; see
 * {@link DigitPen} for how a digit is drawn.
 */
public final class DrawnDigits {
    private static final int TRAINING_IMAGES = 20_000;
    private static final int TEST_IMAGES = 5_000;

    private final long seed;

    public DrawnDigits(long seed) {
        System.setProperty("java.awt.headless", "true");
        this.seed = seed;
    }

    /** Draws 20,000 training images and 5,000 test images. */
    public static DigitData data(long seed) {
        DrawnDigits drawn = new DrawnDigits(seed);
        return new DigitData(
                DigitSources.DRAWN,
                "drawn by the program, seed " + seed,
                drawn.images(0, TRAINING_IMAGES),
                drawn.images(TRAINING_IMAGES, TEST_IMAGES));
    }

    /** Draws images {@code from} (inclusive) to {@code from + count} (exclusive); image i shows digit i % 10. */
    public LabelledImages images(int from, int count) {
        byte[] pixels = new byte[count * Digits.PIXELS];
        byte[] labels = new byte[count];
        for (int i = 0; i < count; i++) {
            int digit = (from + i) % 10;
            labels[i] = (byte) digit;
            // Random scrambles its seed linearly: without this, similar seeds give similar first numbers.
            Random random = new Random(mix(seed * 0x9E3779B97F4A7C15L + from + i));
            System.arraycopy(DigitPen.draw(digit, random), 0, pixels, i * Digits.PIXELS, Digits.PIXELS);
        }
        return new LabelledImages(Digits.SIDE, Digits.SIDE, pixels, labels);
    }

    /** The finaliser of MurmurHash3: every input bit affects every output bit. */
    private static long mix(long value) {
        long mixed = (value ^ (value >>> 33)) * 0xff51afd7ed558ccdL;
        mixed = (mixed ^ (mixed >>> 33)) * 0xc4ceb9fe1a85ec53L;
        return mixed ^ (mixed >>> 33);
    }
}
