package digitstream.accuracy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class McNemarTest {
    /** The first value by hand: 2 * (1 + 10 + 45) / 1024. */
    @Test
    void sumsBothTailsOfTheBinomialDistribution() {
        assertThat(McNemar.of(8, 2).pValue()).isCloseTo(0.109375, within(1e-12));
        assertThat(McNemar.of(5, 5).pValue()).isEqualTo(1);
        assertThat(McNemar.of(0, 0).pValue()).isEqualTo(1);
        assertThat(McNemar.of(0, 6).pValue()).isCloseTo(2.0 / 64, within(1e-12));
        assertThat(McNemar.of(0, 6).isSignificant()).isTrue();
        assertThat(McNemar.of(0, 5).isSignificant()).isFalse();
    }

    @Test
    void handlesManyImages() {
        // 25,000 against 25,600: the normal approximation gives 0.0077.
        assertThat(McNemar.of(25_000, 25_600).pValue()).isCloseTo(0.0077, within(0.0003));
        assertThat(McNemar.of(0, 70_000).pValue()).isZero();
    }

    /** Uses integers instead of logarithms. */
    @Property(tries = 200)
    void agreesWithExactArithmetic(@ForAll @IntRange(max = 300) int first, @ForAll @IntRange(max = 300) int second) {
        int trials = first + second;
        BigInteger term = BigInteger.ONE;
        BigInteger tail = BigInteger.ZERO;
        for (int k = 0; k <= Math.min(first, second); k++) {
            tail = tail.add(term);
            term = term.multiply(BigInteger.valueOf(trials - k)).divide(BigInteger.valueOf(k + 1L));
        }
        double expected = new BigDecimal(tail.shiftLeft(1))
                .divide(new BigDecimal(BigInteger.ONE.shiftLeft(trials)), MathContext.DECIMAL64)
                .min(BigDecimal.ONE)
                .doubleValue();
        assertThat(McNemar.of(first, second).pValue()).isCloseTo(expected, within(1e-9 * expected + 1e-300));
    }
}
