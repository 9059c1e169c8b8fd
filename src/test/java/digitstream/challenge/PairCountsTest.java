package digitstream.challenge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class PairCountsTest {
    private static PairCounts counts(List<Integer> outcomes) {
        PairCounts counts = new PairCounts();
        for (int outcome : outcomes) {
            counts.add(1, outcome / 4, (outcome & 1) == 1, (outcome & 2) == 2);
        }
        return counts;
    }

    @Test
    void countsEachImageByClassAndByWhoWasRight() {
        PairCounts counts = new PairCounts();
        counts.add(1, 3, true, true);
        counts.add(1, 3, true, false);
        counts.add(1, 3, true, false);
        counts.add(1, 7, false, true);
        counts.add(1, 9, false, false);
        assertThat(counts.of(3)).isEqualTo(new Pairs(1, 2, 0, 0));
        assertThat(counts.of(7)).isEqualTo(new Pairs(0, 0, 1, 0));
        assertThat(counts.of(0)).isEqualTo(Pairs.NONE);
        assertThat(counts.total()).isEqualTo(new Pairs(1, 2, 1, 1));
        assertThat(counts.total().difference()).isEqualTo(-0.2);
        assertThat(counts.total().discordant()).isEqualTo(3);
        assertThat(counts.total().labelled()).isEqualTo(5);
    }

    @Property(tries = 200)
    void takesBackWhatItHasAdded(
            @ForAll @Size(max = 50) List<@IntRange(max = 39) Integer> first,
            @ForAll @Size(max = 50) List<@IntRange(max = 39) Integer> second) {
        PairCounts sum = counts(first);
        sum.add(counts(second));
        List<Integer> inAnotherOrder =
                Stream.concat(second.stream(), first.stream()).toList();
        assertThat(sum).isEqualTo(counts(inAnotherOrder));
        assertThat(sum.total())
                .isEqualTo(counts(first).total().plus(counts(second).total()));
        sum.subtract(counts(second));
        assertThat(sum).isEqualTo(counts(first));
        for (int outcome : first) {
            sum.add(-1, outcome / 4, (outcome & 1) == 1, (outcome & 2) == 2);
        }
        assertThat(sum).isEqualTo(new PairCounts());
    }

    @Property(tries = 100)
    void survivesARestartAndTwoSwaps(@ForAll @Size(max = 50) List<@IntRange(max = 39) Integer> outcomes) {
        PairCounts counts = counts(outcomes);
        assertThat(PairCounts.of(counts.toArray())).isEqualTo(counts);
        assertThat(counts.swapped().swapped()).isEqualTo(counts);
        assertThat(counts.swapped().total()).isEqualTo(counts.total().swapped());
        assertThat(counts.swapped().total().difference())
                .isEqualTo(-counts.total().difference() + 0.0);
    }

    @Test
    void refusesWhatNoImagesHave() {
        assertThatThrownBy(() -> PairCounts.of(new long[3])).hasMessage("pair counts have 40 entries, not 3");
        assertThatThrownBy(() -> Comparison.of(new Pairs(0, -1, 0, 0), 0.05))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("pair counts are negative");
    }
}
