package digitstream.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import digitstream.data.DataException;
import digitstream.data.DigitData;
import digitstream.data.LabelledImages;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Splits images whose pixels encode their number. */
class DividedImagesTest {
    private static DigitData numbered(int training, int test) {
        byte[] pixels = new byte[4 * (training + test)];
        for (int i = 0; i < training + test; i++) {
            for (int b = 0; b < 4; b++) {
                pixels[4 * i + b] = (byte) (i >> (8 * b));
            }
        }
        LabelledImages all = new LabelledImages(2, 2, pixels, new byte[training + test]);
        return new DigitData("numbers", "numbers", all.slice(0, training), all.slice(training, training + test));
    }

    private static List<Integer> numbers(LabelledImages images) {
        List<Integer> numbers = new ArrayList<>();
        for (int i = 0; i < images.size(); i++) {
            byte[] pixels = images.pixels(i);
            numbers.add((pixels[0] & 0xff) | ((pixels[1] & 0xff) << 8) | ((pixels[2] & 0xff) << 16));
        }
        return numbers;
    }

    @Test
    void splitsAsTheTutorialDid() {
        DividedImages divided = DividedImages.of(numbered(60_000, 10_000), Preset.TUTORIAL.settings());
        assertThat(divided.training().size()).isEqualTo(50_000);
        assertThat(divided.test().size()).isEqualTo(500);
        assertThat(divided.validation()).isEmpty();
        List<Integer> all = new ArrayList<>(numbers(divided.training()));
        all.addAll(numbers(divided.test()));
        assertThat(all).doesNotHaveDuplicates();
        // Test images are drawn from the whole set: a seventh of the 500 from the last 10,000.
        assertThat(numbers(divided.test()).stream().filter(number -> number >= 60_000))
                .hasSizeBetween(40, 105);
    }

    @Test
    void holdsOutTrainingImagesAndKeepsTheTestImages() {
        DigitData data = numbered(1_200, 100);
        DividedImages divided = DividedImages.of(data, Preset.FAST.settings());
        LabelledImages held = divided.validation().orElseThrow();
        assertThat(held.size()).isEqualTo(100);
        List<Integer> all = new ArrayList<>(numbers(divided.training()));
        all.addAll(numbers(held));
        assertThat(all).containsExactlyInAnyOrderElementsOf(numbers(data.training()));
        assertThat(divided.test()).isSameAs(data.test());
    }

    @Test
    void splitsBySeed() {
        DigitData data = numbered(1_200, 100);
        TrainingSettings one = Preset.FAST.settings();
        TrainingSettings two = one.with(one.epochs(), one.batchSize(), one.learningRate(), 2);
        assertThat(DividedImages.of(data, one).training().sha256())
                .isEqualTo(DividedImages.of(data, one).training().sha256())
                .isNotEqualTo(DividedImages.of(data, two).training().sha256());
    }

    @Test
    void rejectsTooFewImages() {
        assertThatThrownBy(() -> DividedImages.of(numbered(40_000, 10_000), Preset.TUTORIAL.settings()))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("needs 50500 images, but numbers has 50000");
        assertThatThrownBy(() -> DividedImages.of(numbered(11, 10), Preset.FAST.settings()))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("at least 12");
    }
}
