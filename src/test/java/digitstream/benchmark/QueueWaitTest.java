package digitstream.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class QueueWaitTest {
    private static final String BEFORE =
            """
            # TYPE digits_queue_wait_seconds histogram
            digits_queue_wait_seconds_bucket{le="0.02"} 10
            digits_queue_wait_seconds_bucket{le="0.1"} 10
            digits_queue_wait_seconds_bucket{le="+Inf"} 10
            digits_queue_wait_seconds_count 10
            digits_queue_wait_seconds_sum 0.1
            digits_queue_wait_seconds_max 0.02
            """;

    private static final String AFTER =
            """
            digits_queue_wait_seconds_bucket{le="0.02"} 100
            digits_queue_wait_seconds_bucket{le="0.1"} 110
            digits_queue_wait_seconds_bucket{le="+Inf"} 110
            digits_queue_wait_seconds_count 110
            digits_queue_wait_seconds_sum 2.1
            """;

    @Test
    void readsTheWaitsBetweenTwoAnswers() {
        QueueWait waits = QueueWait.parse(AFTER).since(QueueWait.parse(BEFORE));
        assertThat(waits.count()).isEqualTo(100);
        assertThat(waits.meanMillis()).isCloseTo(20, within(1e-9));
    }
}
