package digitstream.dashboard;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import digitstream.common.DrawnId;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class SampleTest {
    private static final int IDS = 100_000;
    private final Sample sample = new Sample();

    private static byte[] id(int number) {
        return String.format(Locale.ROOT, "demo-%09d", number).getBytes(UTF_8);
    }

    private int size() {
        int in = 0;
        for (int i = 0; i < IDS; i++) {
            in += sample.has(id(i)) ? 1 : 0;
        }
        return in;
    }

    @Test
    void hasAllImagesAtALowRate() {
        sample.adjustTo(2_000);
        assertThat(sample.oneIn()).isEqualTo(1);
        assertThat(size()).isEqualTo(IDS);
    }

    @Test
    void leavesOutPartitionsFirst() {
        sample.adjustTo(25_000);
        assertThat(sample.onePartitionIn(4)).isEqualTo(4);
        assertThat(size()).isBetween(IDS / 4 - IDS / 100, IDS / 4 + IDS / 100);
        assertThat(sample.onePartitionIn(64)).isEqualTo(16);
        assertThat(size()).isEqualTo(IDS);
        assertThat(sample.onePartitionIn(1)).isEqualTo(1);
    }

    @Test
    void readsAllPartitionsWhileSomebodyDraws() {
        sample.adjustTo(25_000);
        sample.drawn();
        assertThat(sample.onePartitionIn(4)).isEqualTo(1);
    }

    @Test
    void hasItsShareAtAHighRate() {
        sample.adjustTo(25_000);
        assertThat(sample.oneIn()).isEqualTo(16);
        assertThat(size()).isBetween(IDS / 16 - IDS / 100, IDS / 16 + IDS / 100);
    }

    @Test
    void aSmallerSampleIsASubsetOfALargerOne() {
        Sample larger = new Sample();
        larger.adjustTo(8_000);
        sample.adjustTo(100_000);
        for (int i = 0; i < IDS; i++) {
            if (sample.has(id(i))) {
                assertThat(larger.has(id(i))).isTrue();
            }
        }
    }

    @Test
    void alwaysHasDrawnDigits() {
        sample.adjustTo(10_000_000);
        for (int i = 0; i < 100; i++) {
            assertThat(sample.has(DrawnId.next().getBytes(UTF_8))).isTrue();
        }
    }
}
