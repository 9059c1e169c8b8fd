package digitstream.training;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import digitstream.common.Digits;
import digitstream.data.LabelledImages;
import digitstream.model.Classifier;
import digitstream.model.ModelException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class EvaluationTest {
    /** Returns equal probabilities, except for images whose first pixel is 1. */
    private static final class Odd implements Classifier {
        @Override
        public float[] classify(List<byte[]> images) {
            float[] probabilities = new float[images.size() * Digits.CLASSES];
            Arrays.fill(probabilities, 0.1f);
            for (int i = 0; i < images.size(); i++) {
                if (images.get(i)[0] == 1) {
                    probabilities[i * Digits.CLASSES] = Float.NaN;
                }
            }
            return probabilities;
        }

        @Override
        public void close() {}
    }

    @Test
    void namesTheImageForWhichTheModelReturnsNoDistribution() {
        byte[] pixels = new byte[300 * Digits.PIXELS];
        pixels[270 * Digits.PIXELS] = 1;
        LabelledImages images = new LabelledImages(Digits.SIDE, Digits.SIDE, pixels, new byte[300]);
        assertThatThrownBy(() -> Evaluation.of(new Odd(), "mine", images))
                .isInstanceOf(ModelException.class)
                .hasMessage("the model returns no probabilities for image 270 of mine:"
                        + " its output for digit 0 is NaN, not a probability");
    }
}
