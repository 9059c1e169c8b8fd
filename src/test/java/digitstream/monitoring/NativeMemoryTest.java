package digitstream.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.jna.Memory;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(value = OS.LINUX, disabledReason = "only glibc has malloc_info")
class NativeMemoryTest {
    private static final long MEBI = 1 << 20;

    @Test
    void measuresAllocatedAndFreedNativeMemory() {
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        new NativeMemory().bindTo(meters);
        double before = used(meters);
        double during;
        try (Memory taken = new Memory(200 * MEBI)) {
            taken.setByte(0, (byte) 1);
            during = used(meters);
        }
        double after = used(meters);
        assertThat(during - before).isBetween(190.0 * MEBI, 210.0 * MEBI);
        assertThat(after - before).isLessThan(10.0 * MEBI);
        assertThat(meters.get("process.resident.memory").gauge().value()).isGreaterThan(20.0 * MEBI);
    }

    private static double used(SimpleMeterRegistry meters) {
        return meters.get("digits.native.memory").tag("state", "used").gauge().value();
    }
}
