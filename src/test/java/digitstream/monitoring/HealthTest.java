package digitstream.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class HealthTest {
    private final AtomicBoolean live = new AtomicBoolean(true);
    private final AtomicBoolean ready = new AtomicBoolean();
    private final Health health = new Health();

    HealthTest() {
        health.add(new Health.Part("model", () -> true, () -> true, () -> "lenet 1"));
        health.add(new Health.Part("classifying", live::get, ready::get, () -> "REBALANCING"));
    }

    @Test
    void isNotReadyUntilAllPartsAre() {
        assertThat(health.live().status()).isEqualTo(200);
        assertThat(health.ready().status()).isEqualTo(503);
        assertThat(health.ready().json())
                .isEqualTo(
                        "{\"status\":\"DOWN\",\"checks\":[{\"name\":\"model\",\"status\":\"UP\",\"data\":{\"state\":\"lenet 1\"}},"
                                + "{\"name\":\"classifying\",\"status\":\"DOWN\",\"data\":{\"state\":\"REBALANCING\"}}]}");
        ready.set(true);
        assertThat(health.ready().status()).isEqualTo(200);
    }

    @Test
    void isNotLiveWhenOnePartHasDied() {
        live.set(false);
        assertThat(health.live().status()).isEqualTo(503);
    }
}
