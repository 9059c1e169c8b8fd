package digitstream.challenge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Scale;
import org.junit.jupiter.api.Test;

class BettingMixtureTest {
    private static final long MANY = 1_000_000_000;

    private static double logWealth(long zeros, long ones, long twos, double mean) {
        return BettingMixture.logWealth(new Outcomes((double) zeros, (double) ones, (double) twos), mean);
    }

    /** ln(probability * e^after + ...) - before, which is at most 0 for a supermartingale. */
    private static double growth(double before, double[] probabilities, double... after) {
        double sum = 0;
        for (int i = 0; i < after.length; i++) {
            sum += probabilities[i] * Math.exp(after[i] - before);
        }
        return Math.log(sum);
    }

    @Test
    void startsAtOne() {
        for (double mean : new double[] {1e-6, 0.03, 0.99, 1, 1.5, 2}) {
            assertThat(logWealth(0, 0, 0, mean)).isCloseTo(0, within(1e-12));
        }
    }

    /** By hand: the sums of (1 + f)^7 and (1 + f)^8 over the fractions with their parts are 13.5 and 23. */
    @Test
    void decidesAfterEightWinsInARow() {
        assertThat(Math.exp(logWealth(0, 0, 7, 1))).isCloseTo(13.5, within(0.1));
        assertThat(Math.exp(logWealth(0, 0, 8, 1))).isCloseTo(23, within(0.2));
    }

    @Property(tries = 300)
    void isMovedByDiscordantPairsOnly(
            @ForAll @LongRange(max = MANY) long concordant,
            @ForAll @LongRange(max = MANY) long losses,
            @ForAll @LongRange(max = MANY) long wins) {
        assertThat(logWealth(losses, concordant, wins, 1)).isEqualTo(logWealth(losses, 0, wins, 1));
        assertThat(logWealth(0, concordant, 0, 1)).isCloseTo(0, within(1e-12));
    }

    /** Whatever happened before, the next outcome leaves the wealth as it is in expectation, if the claim is just true. */
    @Property(tries = 500)
    void isAMartingaleUnderTheClaim(
            @ForAll @LongRange(max = MANY) long zeros,
            @ForAll @LongRange(max = MANY) long ones,
            @ForAll @LongRange(max = MANY) long twos,
            @ForAll @DoubleRange(min = 0.001, max = 1.999) @Scale(12) double mean,
            @ForAll @DoubleRange(min = 0, max = 1) @Scale(12) double spread) {
        // Of all distributions on 0, 1 and 2 with this mean, from the narrowest to the widest.
        double two = Math.max(0, mean - 1) + spread * (mean / 2 - Math.max(0, mean - 1));
        double one = mean - 2 * two;
        double before = logWealth(zeros, ones, twos, mean);
        double growth = growth(
                before,
                new double[] {1 - one - two, one, two},
                logWealth(zeros + 1, ones, twos, mean),
                logWealth(zeros, ones + 1, twos, mean),
                logWealth(zeros, ones, twos + 1, mean));
        assertThat(growth).isCloseTo(0, within(1e-5));
    }

    @Property(tries = 500)
    void isFiniteAndRejectsAllMeansBelowARejectedOne(
            @ForAll @LongRange(max = MANY) long zeros,
            @ForAll @LongRange(max = MANY) long ones,
            @ForAll @LongRange(max = MANY) long twos,
            @ForAll @DoubleRange(min = 1e-9, max = 2) @Scale(12) double mean,
            @ForAll @DoubleRange(min = 1e-9, max = 2) @Scale(12) double other) {
        double first = logWealth(zeros, ones, twos, mean);
        double second = logWealth(zeros, ones, twos, other);
        assertThat(first).isFinite();
        // Rounding of sums of up to 10^10.
        assertThat(Math.signum(other - mean) * (first - second)).isGreaterThan(-1e-4);
    }

    @Property(tries = 200)
    void boundsTheMeanFromBelow(
            @ForAll @IntRange(max = 10_000) int zeros,
            @ForAll @IntRange(max = 10_000) int ones,
            @ForAll @IntRange(max = 10_000) int twos,
            @ForAll @DoubleRange(min = 0.0001, max = 0.5) @Scale(12) double alpha) {
        double bound = BettingMixture.lowerBound(new Outcomes(zeros, ones, twos), alpha);
        double count = (double) zeros + ones + twos;
        assertThat(bound).isBetween(0.0, count == 0 ? 0 : (ones + 2.0 * twos) / count);
        if (bound > 0) {
            assertThat(logWealth(zeros, ones, twos, bound)).isGreaterThanOrEqualTo(-Math.log(alpha));
            assertThat(logWealth(zeros, ones, twos, bound + 1e-9)).isLessThan(-Math.log(alpha));
        }
    }
}
