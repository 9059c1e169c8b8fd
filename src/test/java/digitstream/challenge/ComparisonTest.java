package digitstream.challenge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class ComparisonTest {
    private static final double ALPHA = 0.05;
    private static final long MANY = 1_000_000_000;

    @Test
    void knowsNothingWithoutDiscordantPairs() {
        Comparison comparison = Comparison.of(new Pairs(970, 0, 0, 30), ALPHA);
        assertThat(comparison.challengerBetter().value()).isCloseTo(1, within(1e-12));
        assertThat(comparison.championBetter().value()).isCloseTo(1, within(1e-12));
        assertThat(comparison.moreLabels()).isEmpty();
        assertThat(Comparison.of(Pairs.NONE, ALPHA).moreLabels()).isEmpty();
    }

    @Test
    void decidesForTheOneThatWinsMostPairs() {
        Comparison better = Comparison.of(new Pairs(5_000, 11, 41, 20), ALPHA);
        assertThat(better.isChallengerBetter()).isTrue();
        assertThat(better.isChampionBetter()).isFalse();
        assertThat(better.moreLabels()).hasValue(0);
        assertThat(better.difference().contains(30.0 / 5_072)).isTrue();
        assertThat(Comparison.of(new Pairs(5_000, 20, 32, 20), ALPHA).isChallengerBetter())
                .isFalse();
    }

    @Property(tries = 200)
    void isFiniteAndSymmetric(
            @ForAll @LongRange(max = MANY) long bothRight,
            @ForAll @LongRange(max = MANY) long onlyChampion,
            @ForAll @LongRange(max = MANY) long onlyChallenger) {
        Pairs pairs = new Pairs(bothRight, onlyChampion, onlyChallenger, 1_000);
        Comparison comparison = Comparison.of(pairs, ALPHA);
        Comparison swapped = Comparison.of(pairs.swapped(), ALPHA);
        assertThat(comparison.challengerBetter()).isEqualTo(swapped.championBetter());
        assertThat(comparison.championBetter()).isEqualTo(swapped.challengerBetter());
        assertThat(comparison.moreLabels()).isEqualTo(swapped.moreLabels());
        assertThat(comparison.challengerBetter().value()).isNotNaN().isBetween(0.0, Double.MAX_VALUE);
        assertThat(comparison.challengerBetter().toString()).doesNotContain("Inf");
    }

    @Property(tries = 200)
    void grantsADecisionAfterTheLabelsItAskedFor(
            @ForAll @LongRange(min = 100, max = 100_000) long concordant,
            @ForAll @IntRange(max = 30) int losses,
            @ForAll @IntRange(min = 1, max = 30) int lead) {
        Pairs pairs = new Pairs(concordant, losses, losses + lead, 0);
        long more = Comparison.of(pairs, ALPHA).moreLabels().orElseThrow();
        double times = 1 + (double) more / pairs.labelled();
        Outcomes outcomes = Outcomes.ofChallenger(pairs);
        assertThat(BettingMixture.logWealth(outcomes.times(times), 1)).isGreaterThanOrEqualTo(-Math.log(ALPHA));
        if (more > 0) {
            double less = 1 + (more - 2.0) / pairs.labelled();
            assertThat(BettingMixture.logWealth(outcomes.times(less), 1)).isLessThan(-Math.log(ALPHA));
        }
    }

    @Test
    void writesEValuesShort() {
        assertThat(new EValue(0)).hasToString("1.0");
        assertThat(new EValue(Math.log(812.3))).hasToString("812");
        assertThat(new EValue(Math.log(0.034))).hasToString("0.034");
        assertThat(new EValue(1_000)).hasToString("10^434");
        assertThat(new EValue(-1e9).value()).isZero();
        assertThatThrownBy(() -> new EValue(Double.NaN)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void splitsTheErrorOverTheChallengersThatRunAtOnce() {
        ErrorBudget budget = new ErrorBudget(ALPHA, 3);
        assertThat(budget.part()).isEqualTo(ALPHA / 3);
        assertThat(budget.admits(java.util.List.of(ALPHA / 3, ALPHA / 3))).isTrue();
        assertThat(budget.admits(java.util.List.of(ALPHA / 3, ALPHA / 3, ALPHA / 3)))
                .isFalse();
        // One that was registered when fewer were allowed.
        assertThat(budget.admits(java.util.List.of(ALPHA))).isFalse();
        assertThatThrownBy(() -> new ErrorBudget(ALPHA, 0)).isInstanceOf(IllegalArgumentException.class);
    }
}
