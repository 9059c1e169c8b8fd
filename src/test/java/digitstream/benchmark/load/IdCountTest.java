package digitstream.benchmark.load;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class IdCountTest {
    private final IdCount ids = new IdCount(3);

    @Test
    void findsNoFaultIfEachIdWasCountedOnce() {
        assertThat(ids.count(id("bench-000000001"))).isEqualTo(1);
        assertThat(ids.count(id("bench-000000000"))).isZero();
        assertThat(ids.isComplete()).isFalse();
        assertThat(ids.count(id("bench-000000002"))).isEqualTo(2);
        assertThat(ids.isComplete()).isTrue();
        assertThat(ids.fault()).isEmpty();
    }

    @Test
    void namesMissingAndDoubledIds() {
        ids.count(id("bench-000000001"));
        assertThat(ids.count(id("bench-000000001"))).isEqualTo(-1);
        assertThat(ids.fault()).isEqualTo("2 images missing, 1 doubled");
        assertThat(ids.fault(1)).isEqualTo("0 images missing, 1 doubled");
    }

    @Test
    void namesIdsThatWereNotProduced() {
        for (int i = 0; i < 3; i++) {
            ids.count(id("bench-00000000" + i));
        }
        ids.count(id("bench-000000003"));
        ids.count(id("7"));
        ids.count(id("bench-0000000x1"));
        assertThat(ids.fault()).isEqualTo("3 unknown ids");
    }

    private static byte[] id(String text) {
        return text.getBytes(UTF_8);
    }
}
