package digitstream.model;

import digitstream.common.Digits;
import java.util.ArrayList;
import java.util.List;

/**
 * Thirty images on which every working model for digits works: each digit in three sizes, slants and stroke widths, white on
 * black. They are drawn, so that a model can be tested where no data set is at hand. They say nothing about accuracy.
 */
public final class ReferenceDigits {
    /** The strokes of the digits 0 to 9: the corners x, y of one line, in a box of 4 by 6 with y downwards. */
    private static final double[][] STROKES = {
        {1, 0, 3, 0, 4, 1.5, 4, 4.5, 3, 6, 1, 6, 0, 4.5, 0, 1.5, 1, 0},
        {1, 1, 2, 0, 2, 6},
        {0, 1.5, 1, 0, 3, 0, 4, 1.5, 3.5, 3, 0, 6, 4, 6},
        {0, 0.7, 1.5, 0, 3.3, 0.4, 3.5, 2, 1.5, 3, 3.7, 3.8, 3.8, 5, 2.3, 6, 0, 5.5},
        {3, 6, 3, 0, 0, 4, 4, 4},
        {4, 0, 0.7, 0, 0.5, 2.6, 2.5, 2.4, 4, 3.8, 3.5, 5.5, 1.8, 6, 0, 5.3},
        {3, 0, 1, 1.8, 0, 4, 0.5, 5.6, 2, 6, 3.6, 5.4, 3.7, 3.9, 2.2, 3, 0.4, 3.8},
        {0, 0, 4, 0, 1.5, 6},
        {
            2, 2.8, 0.6, 1.8, 0.8, 0.4, 2, 0, 3.2, 0.4, 3.4, 1.8, 2, 2.8, 0.3, 4.2, 0.5, 5.5, 2, 6, 3.5, 5.5, 3.7, 4.2,
            2, 2.8
        },
        {3.7, 2, 2.4, 3.2, 0.6, 2.8, 0.4, 1, 1.8, 0, 3.4, 0.5, 3.7, 2, 3.3, 4.5, 2.5, 6}
    };

    /** How a digit is drawn; lengths are in pixels, except that the slant is the shift to the right for each pixel up. */
    private record Style(double scale, double slant, double radius) {}

    private static final List<Style> STYLES =
            List.of(new Style(3.3, 0, 1.2), new Style(2.9, 0.2, 0.9), new Style(3.2, -0.1, 1.6));

    private static final List<byte[]> IMAGES = draw();

    private ReferenceDigits() {}

    /** Returns the images, 28 * 28 unsigned bytes each: 0 to 9, three times. All differ. Callers must not change them. */
    public static List<byte[]> images() {
        return IMAGES;
    }

    private static List<byte[]> draw() {
        List<byte[]> images = new ArrayList<>();
        for (Style style : STYLES) {
            for (double[] stroke : STROKES) {
                images.add(image(stroke, style));
            }
        }
        return List.copyOf(images);
    }

    private static byte[] image(double[] stroke, Style style) {
        double[] line = stroke.clone();
        for (int i = 0; i < line.length; i += 2) {
            double x = (stroke[i] - 2) * style.scale();
            double y = (stroke[i + 1] - 3) * style.scale();
            line[i] = Digits.SIDE / 2.0 + x - style.slant() * y;
            line[i + 1] = Digits.SIDE / 2.0 + y;
        }
        byte[] pixels = new byte[Digits.PIXELS];
        for (int y = 0; y < Digits.SIDE; y++) {
            for (int x = 0; x < Digits.SIDE; x++) {
                // The edge of a stroke fades over one pixel.
                double inside = style.radius() + 0.5 - distance(line, x + 0.5, y + 0.5);
                pixels[y * Digits.SIDE + x] = (byte) Math.round(255 * Math.min(1, Math.max(0, inside)));
            }
        }
        return pixels;
    }

    /** Returns the distance of a point to the nearest segment of a line. */
    private static double distance(double[] line, double x, double y) {
        double nearest = Double.MAX_VALUE;
        for (int i = 0; i + 3 < line.length; i += 2) {
            double dx = line[i + 2] - line[i];
            double dy = line[i + 3] - line[i + 1];
            double along = ((x - line[i]) * dx + (y - line[i + 1]) * dy) / (dx * dx + dy * dy);
            double part = Math.min(1, Math.max(0, along));
            nearest = Math.min(nearest, Math.hypot(x - line[i] - part * dx, y - line[i + 1] - part * dy));
        }
        return nearest;
    }
}
