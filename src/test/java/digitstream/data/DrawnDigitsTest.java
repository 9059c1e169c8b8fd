package digitstream.data;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DrawnDigitsTest {
    private final LabelledImages digits = new DrawnDigits(5).images(0, 2_000);

    @Test
    void drawsTheSameImageForTheSameSeedAndIndex() {
        assertThat(new DrawnDigits(5).images(0, 2_000).sha256()).isEqualTo(digits.sha256());
        assertThat(new DrawnDigits(5).images(700, 1).pixels()).isEqualTo(digits.pixels(700));
        assertThat(new DrawnDigits(6).images(0, 2_000).sha256()).isNotEqualTo(digits.sha256());
    }

    @Test
    void drawsAllDigitsEquallyOftenWithInkInTheMiddleAndNoneAtTheEdge() {
        int[] counts = new int[10];
        for (int i = 0; i < digits.size(); i++) {
            counts[digits.label(i)]++;
            assertThat(ink(digits.pixels(i), 4, 24)).as("image %d", i).isGreaterThan(20 * 255);
        }
        assertThat(counts).containsOnly(200);
    }

    /** The mean images of one half classify the other half far better than chance. */
    @Test
    void drawsLegibly() {
        double[][] means = new double[10][784];
        for (int i = 0; i < 1_000; i++) {
            byte[] pixels = digits.pixels(i);
            for (int p = 0; p < 784; p++) {
                means[digits.label(i)][p] += (pixels[p] & 0xff) / 100.0;
            }
        }
        int right = 0;
        for (int i = 1_000; i < 2_000; i++) {
            right += nearest(means, digits.pixels(i)) == digits.label(i) ? 1 : 0;
        }
        assertThat(right).isGreaterThan(600);
    }

    private static int nearest(double[][] means, byte[] pixels) {
        int best = 0;
        double least = Double.MAX_VALUE;
        for (int digit = 0; digit < 10; digit++) {
            double distance = 0;
            for (int p = 0; p < 784; p++) {
                double off = means[digit][p] - (pixels[p] & 0xff);
                distance += off * off;
            }
            if (distance < least) {
                least = distance;
                best = digit;
            }
        }
        return best;
    }

    private static int ink(byte[] pixels, int from, int to) {
        int ink = 0;
        for (int y = from; y < to; y++) {
            for (int x = from; x < to; x++) {
                ink += pixels[y * 28 + x] & 0xff;
            }
        }
        return ink;
    }
}
