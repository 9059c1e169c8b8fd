package digitstream.testing;

import static digitstream.common.Digits.PIXELS;
import static digitstream.common.Digits.SIDE;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.DoubleBinaryOperator;

/**
 * A way in which images of digits go wrong.
 *
 * @param family of corruptions that differ in strength only
 * @param name with its strength
 */
public record Corruption(String family, String name, Change change) {
    private static final int WHITE = 255;

    /** Returns a changed copy of an image; random choices come from {@code random}. */
    public interface Change {
        byte[] of(byte[] image, Random random);
    }

    /** Returns each image changed, with random choices by the seed. */
    public List<byte[]> of(List<byte[]> images, long seed) {
        Random random = new Random(seed);
        return images.stream().map(image -> change.of(image, random)).toList();
    }

    /** Returns all corruptions. */
    public static List<Corruption> all() {
        List<Corruption> all = new ArrayList<>();
        all.add(new Corruption("inverted", "inverted", map((value, random) -> WHITE - value)));
        all.add(new Corruption("transposed", "transposed", moved((x, y) -> y, (x, y) -> x)));
        all.add(new Corruption("mirrored", "mirrored", moved((x, y) -> SIDE - 1 - x, (x, y) -> y)));
        all.add(new Corruption("random pixels", "random pixels", map((value, random) -> random.nextInt(WHITE + 1))));
        for (int deviation : new int[] {25, 50, 100}) {
            all.add(new Corruption(
                    "Gaussian noise",
                    "Gaussian noise, " + deviation + " of 255",
                    map((value, random) -> value + deviation * random.nextGaussian())));
        }
        for (int percent : new int[] {3, 10, 25}) {
            all.add(new Corruption(
                    "salt and pepper",
                    "salt and pepper, " + percent + " % of the pixels",
                    map((value, random) -> random.nextInt(100) >= percent ? value : random.nextBoolean() ? WHITE : 0)));
        }
        for (int pixels : new int[] {2, 4, 6}) {
            all.add(new Corruption("shifted", "shifted by " + pixels + " pixels", shifted(pixels)));
        }
        for (int degrees : new int[] {15, 30, 60}) {
            all.add(new Corruption("rotated", "rotated by " + degrees + " degrees", rotated(degrees)));
        }
        for (double scale : new double[] {0.5, 0.7, 1.3}) {
            all.add(new Corruption("scaled", "scaled by " + scale, (image, random) -> scaled(image, scale)));
        }
        for (double contrast : new double[] {0.5, 0.25, 0.1}) {
            all.add(new Corruption(
                    "low contrast", "contrast times " + contrast, map((value, random) -> value * contrast)));
        }
        for (int grey : new int[] {32, 96}) {
            all.add(new Corruption(
                    "grey background",
                    "background of " + grey + " of 255",
                    map((value, random) -> grey + value * (WHITE - grey) / WHITE)));
        }
        for (double deviation : new double[] {0.7, 1, 2}) {
            all.add(new Corruption(
                    "blurred", "blurred by " + deviation + " pixels", (image, random) -> blurred(image, deviation)));
        }
        all.add(new Corruption("thin strokes", "thin strokes, by 1 pixel", (image, random) -> rank(image, 2, true)));
        all.add(new Corruption("thin strokes", "thin strokes, by 2 pixels", (image, random) -> rank(image, 3, true)));
        all.add(new Corruption("thick strokes", "thick strokes, by 1 pixel", (image, random) -> rank(image, 2, false)));
        all.add(new Corruption(
                "thick strokes", "thick strokes, by 2 pixels", (image, random) -> rank(image, 3, false)));
        all.add(new Corruption(
                "thick strokes", "thick strokes, by 4 pixels", (image, random) -> rank(image, 5, false)));
        for (int side : new int[] {6, 10, 14}) {
            all.add(new Corruption(
                    "covered",
                    "a square of " + side + " pixels covered",
                    (image, random) -> covered(image, side, random)));
        }
        for (int side : new int[] {2, 4}) {
            all.add(new Corruption(
                    "coarse pixels", "pixels of " + side + " by " + side, (image, random) -> coarse(image, side)));
        }
        return all;
    }

    /** The new value of a pixel. */
    private interface Pixel {
        double of(int value, Random random);
    }

    private static Change map(Pixel pixel) {
        return (image, random) -> {
            byte[] changed = new byte[PIXELS];
            for (int i = 0; i < PIXELS; i++) {
                changed[i] = grey(pixel.of(image[i] & WHITE, random));
            }
            return changed;
        };
    }

    private static byte grey(double value) {
        return (byte) Math.round(Math.max(0, Math.min(WHITE, value)));
    }

    private static Change moved(DoubleBinaryOperator fromX, DoubleBinaryOperator fromY) {
        return (image, random) -> sampled(image, fromX, fromY);
    }

    private static Change shifted(int pixels) {
        return (image, random) -> {
            double angle = random.nextInt(8) * Math.PI / 4;
            long right = Math.round(pixels * Math.cos(angle));
            long down = Math.round(pixels * Math.sin(angle));
            return sampled(image, (x, y) -> x - right, (x, y) -> y - down);
        };
    }

    private static Change rotated(double degrees) {
        return (image, random) -> {
            double angle = Math.toRadians(random.nextBoolean() ? degrees : -degrees);
            double cos = Math.cos(angle);
            double sin = Math.sin(angle);
            double middle = (SIDE - 1) / 2.0;
            return sampled(
                    image,
                    (x, y) -> middle + cos * (x - middle) + sin * (y - middle),
                    (x, y) -> middle - sin * (x - middle) + cos * (y - middle));
        };
    }

    private static byte[] scaled(byte[] image, double scale) {
        double middle = (SIDE - 1) / 2.0;
        return sampled(image, (x, y) -> middle + (x - middle) / scale, (x, y) -> middle + (y - middle) / scale);
    }

    /** Interpolates between the four pixels around each place. */
    private static byte[] sampled(byte[] image, DoubleBinaryOperator fromX, DoubleBinaryOperator fromY) {
        byte[] changed = new byte[PIXELS];
        for (int y = 0; y < SIDE; y++) {
            for (int x = 0; x < SIDE; x++) {
                double atX = fromX.applyAsDouble(x, y);
                double atY = fromY.applyAsDouble(x, y);
                int left = (int) Math.floor(atX);
                int top = (int) Math.floor(atY);
                double right = atX - left;
                double bottom = atY - top;
                changed[y * SIDE + x] = grey((1 - bottom)
                                * ((1 - right) * at(image, left, top) + right * at(image, left + 1, top))
                        + bottom * ((1 - right) * at(image, left, top + 1) + right * at(image, left + 1, top + 1)));
            }
        }
        return changed;
    }

    private static int at(byte[] image, int x, int y) {
        return x < 0 || y < 0 || x >= SIDE || y >= SIDE ? 0 : image[y * SIDE + x] & WHITE;
    }

    private static byte[] blurred(byte[] image, double deviation) {
        int reach = (int) Math.ceil(3 * deviation);
        double[] rows = new double[PIXELS];
        double sum = 0;
        double[] weights = new double[2 * reach + 1];
        for (int i = -reach; i <= reach; i++) {
            weights[i + reach] = Math.exp(-i * i / (2 * deviation * deviation));
            sum += weights[i + reach];
        }
        for (int y = 0; y < SIDE; y++) {
            for (int x = 0; x < SIDE; x++) {
                for (int i = -reach; i <= reach; i++) {
                    rows[y * SIDE + x] += weights[i + reach] / sum * at(image, x + i, y);
                }
            }
        }
        byte[] changed = new byte[PIXELS];
        for (int y = 0; y < SIDE; y++) {
            for (int x = 0; x < SIDE; x++) {
                double value = 0;
                for (int i = -reach; i <= reach; i++) {
                    value += y + i < 0 || y + i >= SIDE ? 0 : weights[i + reach] / sum * rows[(y + i) * SIDE + x];
                }
                changed[y * SIDE + x] = grey(value);
            }
        }
        return changed;
    }

    /** The darkest or the brightest pixel of each square: morphological erosion and dilation. */
    private static byte[] rank(byte[] image, int side, boolean darkest) {
        byte[] changed = new byte[PIXELS];
        int before = (side - 1) / 2;
        for (int y = 0; y < SIDE; y++) {
            for (int x = 0; x < SIDE; x++) {
                int best = darkest ? WHITE : 0;
                for (int i = 0; i < side * side; i++) {
                    int value = at(image, x - before + i % side, y - before + i / side);
                    best = darkest ? Math.min(best, value) : Math.max(best, value);
                }
                changed[y * SIDE + x] = (byte) best;
            }
        }
        return changed;
    }

    private static byte[] covered(byte[] image, int side, Random random) {
        byte[] changed = image.clone();
        int left = random.nextInt(SIDE - side + 1);
        int top = random.nextInt(SIDE - side + 1);
        for (int i = 0; i < side * side; i++) {
            changed[(top + i / side) * SIDE + left + i % side] = 0;
        }
        return changed;
    }

    private static byte[] coarse(byte[] image, int side) {
        byte[] changed = new byte[PIXELS];
        for (int y = 0; y < SIDE; y++) {
            for (int x = 0; x < SIDE; x++) {
                double sum = 0;
                for (int i = 0; i < side * side; i++) {
                    sum += at(image, x / side * side + i % side, y / side * side + i / side);
                }
                changed[y * SIDE + x] = grey(sum / (side * side));
            }
        }
        return changed;
    }
}
