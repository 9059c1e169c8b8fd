package digitstream.challenge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class ConfidenceSequenceTest {
    private static final double ALPHA = 0.05;
    private static final long MANY = 1_000_000_000;

    @Test
    void allowsEverythingWithoutLabels() {
        assertThat(ConfidenceSequence.ofDifference(Pairs.NONE, ALPHA)).isEqualTo(new ConfidenceSequence(-1, 1));
        assertThat(ConfidenceSequence.ofProbability(0, 0, ALPHA)).isEqualTo(new ConfidenceSequence(0, 1));
    }

    @Property(tries = 200)
    void containsWhatWasObservedAndMirrorsASwap(
            @ForAll @LongRange(max = MANY) long bothRight,
            @ForAll @LongRange(max = MANY) long onlyChampion,
            @ForAll @LongRange(max = MANY) long onlyChallenger) {
        Pairs pairs = new Pairs(bothRight, onlyChampion, onlyChallenger, 1);
        ConfidenceSequence difference = ConfidenceSequence.ofDifference(pairs, ALPHA);
        assertThat(difference.contains(pairs.difference())).isTrue();
        assertThat(difference.low()).isGreaterThanOrEqualTo(-1);
        assertThat(difference.high()).isLessThanOrEqualTo(1);
        ConfidenceSequence swapped = ConfidenceSequence.ofDifference(pairs.swapped(), ALPHA);
        assertThat(swapped.low()).isEqualTo(-difference.high());
        assertThat(swapped.high()).isEqualTo(-difference.low());
    }

    @Property(tries = 300)
    void excludesEqualityExactlyWhenTheEValueDecides(
            @ForAll @LongRange(max = 100_000) long concordant,
            @ForAll @LongRange(max = 300) long onlyChampion,
            @ForAll @LongRange(max = 300) long onlyChallenger) {
        Comparison comparison = Comparison.of(new Pairs(concordant, onlyChampion, onlyChallenger, 0), ALPHA);
        assertThat(comparison.difference().low() > 0).isEqualTo(comparison.isChallengerBetter());
        assertThat(comparison.difference().high() < 0).isEqualTo(comparison.isChampionBetter());
    }

    @Test
    void narrowsAsLabelsArrive() {
        double before = 2;
        for (long times = 1; times <= 100_000_000; times *= 10) {
            ConfidenceSequence difference =
                    ConfidenceSequence.ofDifference(new Pairs(97 * times, times, times, times), ALPHA);
            double width = difference.high() - difference.low();
            assertThat(width).isLessThan(0.6 * before);
            before = width;
        }
        assertThat(before).isLessThan(1e-4);
    }

    /** An end of a fixed-size interval would be passed in most runs, as somebody looks twenty times. */
    @Test
    void containsTheTruthAtAllTimes() {
        int missedDifference = 0;
        int missedAccuracy = 0;
        for (int run = 0; run < 300; run++) {
            SplittableRandom random = new SplittableRandom(run);
            SimulatedModels models = SimulatedModels.random(random, random.nextDouble(0.01));
            PairCounts counts = new PairCounts();
            boolean differenceHolds = true;
            boolean accuracyHolds = true;
            int next = 20;
            for (int image = 1; image <= 5_000; image++) {
                models.classify(random);
                counts.add(1, 0, models.championRight(), models.challengerRight());
                if (image == next) {
                    next += 1 + next / 3;
                    Pairs pairs = counts.total();
                    differenceHolds &=
                            ConfidenceSequence.ofDifference(pairs, ALPHA).contains(models.difference());
                    accuracyHolds &= ConfidenceSequence.ofProbability(
                                    pairs.bothRight() + pairs.onlyChampion(), image, ALPHA)
                            .contains(models.championAccuracy());
                }
            }
            missedDifference += differenceHolds ? 0 : 1;
            missedAccuracy += accuracyHolds ? 0 : 1;
        }
        // Both ends together may miss with a probability of 0.1.
        assertThat(missedDifference).isLessThanOrEqualTo(30);
        assertThat(missedAccuracy).isLessThanOrEqualTo(30);
    }

    /** Without errors, n labels exclude the error rates from about ln(20 * 25) / n on, and larger ones. */
    @Test
    void isUsefulForRareErrors() {
        ConfidenceSequence accuracy = ConfidenceSequence.ofProbability(10_000, 10_000, ALPHA);
        assertThat(accuracy.high()).isEqualTo(1);
        assertThat(accuracy.low()).isCloseTo(1 - 4.5e-4, within(2.5e-4));
    }

    @Test
    void refusesWrongArguments() {
        assertThatThrownBy(() -> ConfidenceSequence.ofProbability(3, 2, ALPHA)).hasMessage("3 of 2 is not a share");
        assertThatThrownBy(() -> ConfidenceSequence.ofDifference(Pairs.NONE, 0))
                .hasMessage("alpha is 0.0; it must be above 0 and below 1");
    }
}
