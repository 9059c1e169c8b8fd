package digitstream.benchmark.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class StretchesTest {
    private static final long SECOND = 1_000_000_000;

    private final Stretches stretches = new Stretches(400, List.of(1_000, 2_000));

    @Test
    void takesTheThroughputBetweenTwoMarks() {
        stretches.count(300, SECOND);
        // A poll returns many: the count that was reached belongs to the time, and not the mark.
        stretches.count(500, 2 * SECOND);
        stretches.count(1_100, 4 * SECOND);
        stretches.count(1_900, 5 * SECOND);
        stretches.count(2_000, 6 * SECOND);
        stretches.count(2_000, 9 * SECOND);
        assertThat(stretches.perSecond()).containsExactly(300.0, 450.0);
        assertThat(stretches.perSecondOverall()).isEqualTo(375.0);
    }

    @Test
    void hasNoFigureForAMarkThatWasNotPassed() {
        assertThat(stretches.perSecondOverall()).isZero();
        stretches.count(400, SECOND);
        stretches.count(1_400, 2 * SECOND);
        assertThat(stretches.perSecond()).containsExactly(1_000.0);
    }
}
