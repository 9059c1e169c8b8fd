package digitstream.benchmark.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ScoredTrafficTest {
    @Test
    void anHourAtFiveThousandImagesASecondHasEighteenMillion() {
        assertThat(ScoredTraffic.count(Duration.ofHours(1), 5_000)).isEqualTo(18_000_000);
    }
}
