package digitstream.streams;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class DurationHistogramTest {
    private final PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final DurationHistogram histogram =
            new DurationHistogram(meters, "delay", "Delay.", Duration.ofMillis(1), Duration.ofSeconds(1));

    @Test
    void startsAgainBeforeItsSumOverflows() {
        long thirtyYears = TimeUnit.DAYS.toNanos(30 * 365);
        for (int i = 1; i <= 9; i++) {
            histogram.record(thirtyYears);
            assertThat(timer().count()).isEqualTo(i);
        }
        histogram.record(thirtyYears);
        assertThat(timer().count()).isEqualTo(1);
        assertThat(timer().totalTime(TimeUnit.DAYS)).isEqualTo(30 * 365);
        histogram.record(Long.MAX_VALUE);
        assertThat(timer().totalTime(TimeUnit.NANOSECONDS)).isEqualTo(Long.MAX_VALUE);
        histogram.record(1);
        assertThat(timer().totalTime(TimeUnit.NANOSECONDS)).isEqualTo(1);
        assertThat(meters.scrape()).contains("delay_seconds_bucket{le=\"0.001\"} 1", "delay_seconds_count 1");
    }

    @Test
    void countsANegativeDurationAsZero() {
        histogram.record(-5);
        assertThat(timer().count()).isEqualTo(1);
        assertThat(timer().totalTime(TimeUnit.NANOSECONDS)).isZero();
    }

    private Timer timer() {
        return meters.get("delay").timer();
    }
}
