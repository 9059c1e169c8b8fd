package digitstream.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import digitstream.avro.ModelRelease;
import digitstream.avro.ValidationBaseline;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReleasesTest {
    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
    private final Releases releases = new Releases();

    private static ModelRelease release(String version, int second, List<Long> classes) {
        return new ModelRelease(
                "lenet",
                version,
                "0".repeat(64),
                NOON.plusSeconds(second),
                new ValidationBaseline(5_000L, 0.99, classes, Collections.nCopies(15, 1L), 1.5));
    }

    @Test
    void keepsEachStartAndTheValidationOfEachModel() {
        releases.add(release("1", 0, Collections.nCopies(10, 1L)));
        releases.add(release("2", 1, Collections.nCopies(10, 1L)));
        releases.add(release("2", 2, Collections.nCopies(10, 1L)));
        assertThat(releases.starts())
                .extracting(Releases.Start::model)
                .containsExactly("lenet/1", "lenet/2", "lenet/2");
        assertThat(releases.started("lenet/2")).hasValue(NOON.plusSeconds(1).toEpochMilli());
        assertThat(releases.started("unknown/model")).isEmpty();
        assertThat(releases.temperature("lenet/2")).isEqualTo(1.5);
        assertThat(releases.temperature("unknown/model")).isEqualTo(1);
    }

    @Test
    void ignoresAnInvalidBaseline() {
        releases.add(release("1", 0, List.of(1L, 2L)));
        assertThat(releases.starts()).hasSize(1);
        assertThat(releases.of("lenet/1")).isEmpty();
    }

    @Test
    void forgetsTheOldestStarts() {
        for (int second = 0; second < 1_000; second++) {
            releases.add(release("v" + second, second, Collections.nCopies(10, 1L)));
        }
        assertThat(releases.starts()).hasSize(200);
        assertThat(releases.starts().get(0).model()).isEqualTo("lenet/v800");
        assertThat(releases.of("lenet/v999")).isPresent();
        assertThat(releases.of("lenet/v0")).isEmpty();
    }
}
