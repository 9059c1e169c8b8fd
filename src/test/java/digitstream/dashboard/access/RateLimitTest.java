package digitstream.dashboard.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RateLimitTest {
    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 1);

    private int taken(RateLimit limit) {
        int taken = 0;
        while (limit.secondsToWait() == 0) {
            taken++;
        }
        return taken;
    }

    private void pass(Duration time) {
        now.addAndGet(time.toNanos());
    }

    @Test
    void grantsABurstAndThenTheRate() {
        RateLimit limit = new RateLimit(10, 20, now::get);
        assertThat(taken(limit)).isEqualTo(20);
        pass(Duration.ofMillis(500));
        assertThat(taken(limit)).isEqualTo(5);
        pass(Duration.ofMillis(99));
        assertThat(taken(limit)).isZero();
        pass(Duration.ofMillis(2));
        assertThat(taken(limit)).isEqualTo(1);
        pass(Duration.ofHours(1));
        assertThat(taken(limit)).isEqualTo(20);
    }

    @Test
    void saysWhenToTryAgain() {
        RateLimit limit = new RateLimit(0.5, 1, now::get);
        assertThat(limit.secondsToWait()).isZero();
        assertThat(limit.secondsToWait()).isEqualTo(2);
        pass(Duration.ofMillis(1_500));
        assertThat(limit.secondsToWait()).isEqualTo(1);
        pass(Duration.ofMillis(500));
        assertThat(limit.secondsToWait()).isZero();
    }
}
