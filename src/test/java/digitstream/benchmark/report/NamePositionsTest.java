package digitstream.benchmark.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class NamePositionsTest {
    @Test
    void keepTheOrderOfTheEndsWithoutOverlap() {
        assertThat(NamePositions.of(List.of(55, 50, 30), 225)).containsExactly(66, 50, 30);
        assertThat(NamePositions.of(List.of(42, 40, 41), 225)).containsExactly(72, 40, 56);
    }

    @Test
    void moveUpWhereThereIsNoRoomBelow() {
        assertThat(NamePositions.of(List.of(220, 224), 225)).containsExactly(209, 225);
        assertThat(NamePositions.of(List.of(), 225)).isEmpty();
    }
}
