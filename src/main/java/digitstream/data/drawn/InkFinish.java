package digitstream.data.drawn;

import java.util.Random;

/** Turns ink on a large canvas into an MNIST-like image: downsampled, centred by mass, with blur, contrast and noise. */
final class InkFinish {
    private InkFinish() {}

    /**
     * Finishes an image.
     *
     * @param ink uint8 [side, side]
     * @param scale side length of an image pixel, in canvas pixels
     * @return uint8 [side / scale, side / scale]
     */
    static byte[] finish(byte[] ink, int side, int scale, Random random) {
        int small = side / scale;
        long mass = 0;
        long massX = 0;
        long massY = 0;
        for (int i = 0; i < ink.length; i++) {
            int grey = ink[i] & 0xff;
            mass += grey;
            massX += (long) grey * (i % side);
            massY += (long) grey * (i / side);
        }
        int shiftX = (int) Math.round((double) massX / mass - (side - 1) / 2.0 + scale * jitter(random));
        int shiftY = (int) Math.round((double) massY / mass - (side - 1) / 2.0 + scale * jitter(random));
        double blur = 0.5 * random.nextDouble();
        double contrast = 1.0 + 0.4 * random.nextDouble();
        double noise = random.nextInt(4) == 0 ? 12 * random.nextDouble() : 0;

        double[] sharp = new double[small * small];
        for (int y = 0; y < small; y++) {
            for (int x = 0; x < small; x++) {
                sharp[y * small + x] = mean(ink, side, x * scale + shiftX, y * scale + shiftY, scale);
            }
        }
        byte[] out = new byte[small * small];
        for (int y = 0; y < small; y++) {
            for (int x = 0; x < small; x++) {
                double around = (at(sharp, small, x - 1, y)
                                + at(sharp, small, x + 1, y)
                                + at(sharp, small, x, y - 1)
                                + at(sharp, small, x, y + 1))
                        / 4;
                double grey =
                        contrast * ((1 - blur) * sharp[y * small + x] + blur * around) + noise * random.nextGaussian();
                out[y * small + x] = (byte) Math.max(0, Math.min(255, Math.round(grey)));
            }
        }
        return out;
    }

    private static double jitter(Random random) {
        return 0.5 * random.nextGaussian();
    }

    private static double mean(byte[] ink, int side, int fromX, int fromY, int size) {
        int sum = 0;
        for (int y = Math.max(0, fromY); y < Math.min(side, fromY + size); y++) {
            for (int x = Math.max(0, fromX); x < Math.min(side, fromX + size); x++) {
                sum += ink[y * side + x] & 0xff;
            }
        }
        return (double) sum / (size * size);
    }

    private static double at(double[] grey, int side, int x, int y) {
        return x < 0 || y < 0 || x >= side || y >= side ? 0 : grey[y * side + x];
    }
}
