package digitstream.accuracy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CalibrationTest {
    private static final int CLASSES = 10;

    @Test
    void keepsTheConfidenceAtTemperatureOne() {
        assertThat(Calibration.confidence(List.of(0.2f, 0.7f, 0.1f), 1)).isEqualTo(0.7f);
    }

    @Test
    void isTheSoftmaxOfTheLogitsOverTheTemperature() {
        // The logits are ln 0.7, ln 0.2 and ln 0.1; halving them takes the square roots of the probabilities.
        double expected = Math.sqrt(0.7) / (Math.sqrt(0.7) + Math.sqrt(0.2) + Math.sqrt(0.1));
        assertThat(Calibration.confidence(List.of(0.2f, 0.7f, 0.1f), 2)).isCloseTo(expected, within(1e-6));
    }

    @Test
    void acceptsProbabilitiesOfZeroAndOne() {
        assertThat(Calibration.confidence(List.of(0f, 1f, 0f), 3)).isCloseTo(1, within(1e-9));
    }

    @Test
    void fitsTheTemperatureOfAnOverconfidentModel() {
        double temperature = 2.5;
        Random random = new Random(7);
        int images = 20_000;
        float[] probabilities = new float[images * CLASSES];
        int[] labels = new int[images];
        double calibrated = 0;
        int correct = 0;
        for (int i = 0; i < images; i++) {
            double[] logits = new double[CLASSES];
            for (int c = 0; c < CLASSES; c++) {
                logits[c] = 2 * random.nextGaussian();
            }
            labels[i] = draw(softmax(logits, 1), random);
            double[] sharpened = softmax(logits, 1 / temperature);
            for (int c = 0; c < CLASSES; c++) {
                probabilities[i * CLASSES + c] = (float) sharpened[c];
            }
        }
        double fitted = Calibration.fit(probabilities, labels);
        assertThat(fitted).isCloseTo(temperature, within(0.1));
        for (int i = 0; i < images; i++) {
            Float[] row = new Float[CLASSES];
            int best = 0;
            for (int c = 0; c < CLASSES; c++) {
                row[c] = probabilities[i * CLASSES + c];
                best = row[c] > row[best] ? c : best;
            }
            calibrated += Calibration.confidence(List.of(row), fitted);
            correct += best == labels[i] ? 1 : 0;
        }
        assertThat(calibrated / images).isCloseTo((double) correct / images, within(0.01));
    }

    @Test
    void rejectsAFitWithoutImages() {
        assertThatThrownBy(() -> Calibration.fit(new float[0], new int[0]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no images");
    }

    private static double[] softmax(double[] logits, double temperature) {
        double sum = 0;
        double[] all = new double[logits.length];
        for (int i = 0; i < logits.length; i++) {
            all[i] = Math.exp(logits[i] / temperature);
            sum += all[i];
        }
        for (int i = 0; i < all.length; i++) {
            all[i] /= sum;
        }
        return all;
    }

    private static int draw(double[] probabilities, Random random) {
        double at = random.nextDouble();
        for (int i = 0; i < probabilities.length; i++) {
            at -= probabilities[i];
            if (at < 0) {
                return i;
            }
        }
        return probabilities.length - 1;
    }
}
