package digitstream.data.pictures;

/**
 * Composes a picture with a background where it is transparent. A drawing that has only its ink, in any shade, gets a background of
 * the opposite shade. A sheet of paper with transparent surroundings gets the shade of the paper.
 */
final class Transparency {
    private static final int OPAQUE = 128;
    /** A difference of shades that is ink on paper and not the paper's own variation. */
    private static final int CONTRAST = 64;

    private static final double LEAST_SHEET_OF_PICTURE = 0.5;
    private static final double LEAST_SHEET_OF_BOX = 0.8;
    private static final double LEAST_INK = 0.002;

    private Transparency() {}

    /** Replaces each shade by its mixture with the background. */
    static void compose(byte[] shades, byte[] alpha, int width) {
        int background = background(shades, alpha, width);
        for (int i = 0; i < shades.length; i++) {
            int opacity = alpha[i] & 0xff;
            shades[i] = (byte) ((opacity * (shades[i] & 0xff) + (255 - opacity) * background + 127) / 255);
        }
    }

    private static int background(byte[] shades, byte[] alpha, int width) {
        long[] counts = new long[256];
        int left = Integer.MAX_VALUE;
        int right = -1;
        int top = Integer.MAX_VALUE;
        int bottom = -1;
        long opaque = 0;
        double weight = 0;
        double light = 0;
        for (int i = 0; i < shades.length; i++) {
            int shade = shades[i] & 0xff;
            int opacity = alpha[i] & 0xff;
            weight += opacity;
            light += (double) opacity * shade;
            if (opacity >= OPAQUE) {
                counts[shade]++;
                opaque++;
                left = Math.min(left, i % width);
                right = Math.max(right, i % width);
                top = Math.min(top, i / width);
                bottom = Math.max(bottom, i / width);
            }
        }
        double box = (right - left + 1.0) * (bottom - top + 1.0);
        if (opaque > LEAST_SHEET_OF_PICTURE * shades.length && opaque > LEAST_SHEET_OF_BOX * box) {
            int paper = median(counts, opaque);
            if (differing(counts, paper) > LEAST_INK * opaque) {
                return paper;
            }
        }
        return light < 127.5 * weight ? 255 : 0;
    }

    private static int median(long[] counts, long total) {
        long seen = 0;
        int shade = 0;
        while (seen + counts[shade] <= total / 2) {
            seen += counts[shade++];
        }
        return shade;
    }

    private static long differing(long[] counts, int shade) {
        long differing = 0;
        for (int other = 0; other < counts.length; other++) {
            if (Math.abs(other - shade) > CONTRAST) {
                differing += counts[other];
            }
        }
        return differing;
    }
}
