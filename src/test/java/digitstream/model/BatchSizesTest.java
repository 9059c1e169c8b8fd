package digitstream.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Pads batches to a few sizes. */
class BatchSizesTest {
    @Test
    void padsByLessThanAnEighth() {
        assertThat(IntStream.rangeClosed(1, 2_000)).allSatisfy(images -> {
            int padded = BatchSizes.padded(images);
            assertThat(padded).isBetween(images, images + images / 8);
            assertThat(BatchSizes.padded(padded)).isEqualTo(padded);
        });
        assertThat(BatchSizes.padded(255)).isEqualTo(256);
    }

    @Test
    void hasFewSizes() {
        assertThat(BatchSizes.upTo(20)).containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 18, 20);
        assertThat(BatchSizes.upTo(256)).hasSize(48).endsWith(224, 240, 256);
        // Nine operations each are fewer than MKL-DNN keeps.
        assertThat(BatchSizes.upTo(1_024)).hasSizeLessThan(1_024 / 9);
    }
}
