package digitstream.data;

import digitstream.common.Digits;
import digitstream.data.pictures.Decoded;
import digitstream.data.pictures.Shades;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.Optional;

/**
 * Normalises a picture of a digit as MNIST does (LeCun, Cortes and Burges, "The MNIST database of handwritten digits"): light
 * ink on black, the digit's bounding box scaled to fit 20 by 20 pixels with its aspect ratio kept, and its centre of mass
 * placed at the centre of 28 by 28 pixels. A picture that is already normalised is returned unchanged, to the byte.
 */
public final class CentredDigit {
    private static final int BOX = 20;
    /** Pixel index of the centre of mass in MNIST's test images; holds for all of them within {@link #TOLERANCE}. */
    private static final double CENTRE = 14;

    private static final double TOLERANCE = 0.5;
    /** Fraction of the strongest ink; weaker pixels count as paper when the bounding box is computed. */
    private static final double FAINT = 0.1;
    /** A picture with less difference between its shades has no ink, but only the noise of a camera or scanner. */
    private static final int LEAST_CONTRAST = 26;

    private CentredDigit() {}

    /**
     * Normalises a picture.
     *
     * @return 28 * 28 pixels, uint8, row by row; empty if the picture has no ink
     */
    public static Optional<byte[]> of(BufferedImage picture) {
        return of(Shades.of(picture));
    }

    /**
     * Normalises a picture.
     *
     * @return 28 * 28 pixels, uint8, row by row; empty if the picture has no ink
     */
    public static Optional<byte[]> of(Decoded.Picture picture) {
        int[][] shades = grey(picture);
        int paper = paper(shades);
        int[][] ink = ink(shades, paper);
        int strongest = Arrays.stream(ink).flatMapToInt(Arrays::stream).max().orElse(0);
        if (strongest < LEAST_CONTRAST) {
            return Optional.empty();
        }
        // MNIST's own images need no change, and those whose strongest ink is grey get none.
        if (paper == 0 && isCentred(ink, Box.of(ink))) {
            return Optional.of(bytes(ink));
        }
        stretch(ink, strongest);
        Box box = Box.of(ink);
        return Optional.of(isCentred(ink, box) ? bytes(ink) : centred(scaled(ink, box)));
    }

    /** The paper's shade: the median of the pixels at the border. */
    private static int paper(int[][] shades) {
        int height = shades.length;
        int width = shades[0].length;
        int[] border = new int[2 * (width + height)];
        for (int x = 0; x < width; x++) {
            border[x] = shades[0][x];
            border[width + x] = shades[height - 1][x];
        }
        for (int y = 0; y < height; y++) {
            border[2 * width + y] = shades[y][0];
            border[2 * width + height + y] = shades[y][width - 1];
        }
        Arrays.sort(border);
        return border[border.length / 2];
    }

    /** Turns shades into light ink on black, in place: the difference from the paper's shade. */
    private static int[][] ink(int[][] shades, int paper) {
        boolean dark = paper < 128;
        for (int[] row : shades) {
            for (int x = 0; x < row.length; x++) {
                row[x] = Math.max(0, dark ? row[x] - paper : paper - row[x]);
            }
        }
        return shades;
    }

    /** Scales ink so that the strongest is 255. */
    private static void stretch(int[][] ink, int strongest) {
        for (int[] row : ink) {
            for (int x = 0; x < row.length; x++) {
                row[x] = Math.round(255f * row[x] / strongest);
            }
        }
    }

    private static int[][] grey(Decoded.Picture picture) {
        int[][] grey = new int[picture.height()][picture.width()];
        for (int y = 0; y < grey.length; y++) {
            for (int x = 0; x < grey[y].length; x++) {
                grey[y][x] = picture.shades()[y * picture.width() + x] & 0xff;
            }
        }
        return grey;
    }

    private static boolean isCentred(int[][] ink, Box box) {
        if (ink.length != Digits.SIDE || ink[0].length != Digits.SIDE || box.side() > BOX) {
            return false;
        }
        double[] centre = centreOfMass(ink);
        return Math.abs(centre[0] - CENTRE) <= TOLERANCE && Math.abs(centre[1] - CENTRE) <= TOLERANCE;
    }

    /** Scales the box to 20 pixels on its longer side. Halves it as often as possible first, so that no ink is skipped. */
    private static int[][] scaled(int[][] ink, Box box) {
        BufferedImage part = new BufferedImage(box.width(), box.height(), BufferedImage.TYPE_BYTE_GRAY);
        for (int y = 0; y < box.height(); y++) {
            for (int x = 0; x < box.width(); x++) {
                part.getRaster().setSample(x, y, 0, ink[box.top() + y][box.left() + x]);
            }
        }
        double scale = (double) BOX / box.side();
        int width = Math.max(1, (int) Math.round(scale * box.width()));
        int height = Math.max(1, (int) Math.round(scale * box.height()));
        while (part.getWidth() >= 2 * width && part.getHeight() >= 2 * height) {
            part = resized(part, part.getWidth() / 2, part.getHeight() / 2);
        }
        part = resized(part, width, height);
        int[][] pixels = new int[height][width];
        for (int y = 0; y < height; y++) {
            part.getRaster().getSamples(0, y, width, 1, 0, pixels[y]);
        }
        return pixels;
    }

    private static BufferedImage resized(BufferedImage image, int width, int height) {
        BufferedImage resized = new BufferedImage(width, height, BufferedImage.TYPE_BYTE_GRAY);
        Graphics2D graphics = resized.createGraphics();
        graphics.setRenderingHint(RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
        graphics.drawImage(image, 0, 0, width, height, null);
        graphics.dispose();
        return resized;
    }

    private static byte[] centred(int[][] ink) {
        double[] centre = centreOfMass(ink);
        int left = inside((int) Math.round(CENTRE - centre[0]), ink[0].length);
        int top = inside((int) Math.round(CENTRE - centre[1]), ink.length);
        int[][] field = new int[Digits.SIDE][Digits.SIDE];
        for (int y = 0; y < ink.length; y++) {
            System.arraycopy(ink[y], 0, field[top + y], left, ink[y].length);
        }
        return bytes(field);
    }

    private static int inside(int from, int size) {
        return Math.max(0, Math.min(Digits.SIDE - size, from));
    }

    /** Returns x and y, in pixel indices. */
    private static double[] centreOfMass(int[][] ink) {
        double mass = 0;
        double across = 0;
        double down = 0;
        for (int y = 0; y < ink.length; y++) {
            for (int x = 0; x < ink[y].length; x++) {
                mass += ink[y][x];
                across += (double) x * ink[y][x];
                down += (double) y * ink[y][x];
            }
        }
        return new double[] {across / mass, down / mass};
    }

    private static byte[] bytes(int[][] field) {
        byte[] pixels = new byte[Digits.PIXELS];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) field[i / Digits.SIDE][i % Digits.SIDE];
        }
        return pixels;
    }

    /** The bounding box of the ink, in pixels; there is some, because the strongest is more than faint. */
    private record Box(int left, int top, int width, int height) {
        static Box of(int[][] ink) {
            int left = Integer.MAX_VALUE;
            int top = Integer.MAX_VALUE;
            int right = -1;
            int bottom = -1;
            for (int y = 0; y < ink.length; y++) {
                for (int x = 0; x < ink[y].length; x++) {
                    if (ink[y][x] > FAINT * 255) {
                        left = Math.min(left, x);
                        right = Math.max(right, x);
                        top = Math.min(top, y);
                        bottom = Math.max(bottom, y);
                    }
                }
            }
            return new Box(left, top, right - left + 1, bottom - top + 1);
        }

        int side() {
            return Math.max(width, height);
        }
    }
}
