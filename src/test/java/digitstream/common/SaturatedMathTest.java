package digitstream.common;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class SaturatedMathTest {
    @Property(tries = 500)
    void addsAndSubtractsAsUnboundedIntegersAndStopsAtTheLimits(@ForAll long a, @ForAll long b) {
        assertThat(SaturatedMath.add(a, b))
                .isEqualTo(limited(BigInteger.valueOf(a).add(BigInteger.valueOf(b))));
        assertThat(SaturatedMath.subtract(a, b))
                .isEqualTo(limited(BigInteger.valueOf(a).subtract(BigInteger.valueOf(b))));
    }

    @Example
    void stopsAtTheLimits() {
        assertThat(SaturatedMath.subtract(5, Long.MIN_VALUE)).isEqualTo(Long.MAX_VALUE);
        assertThat(SaturatedMath.subtract(-5, Long.MAX_VALUE)).isEqualTo(Long.MIN_VALUE);
        assertThat(SaturatedMath.add(Long.MAX_VALUE, 1)).isEqualTo(Long.MAX_VALUE);
        assertThat(SaturatedMath.add(Long.MIN_VALUE, -1)).isEqualTo(Long.MIN_VALUE);
    }

    private static long limited(BigInteger value) {
        return value.max(BigInteger.valueOf(Long.MIN_VALUE))
                .min(BigInteger.valueOf(Long.MAX_VALUE))
                .longValueExact();
    }
}
