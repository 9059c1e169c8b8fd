package digitstream.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import digitstream.avro.ModelRelease;
import digitstream.avro.ReleaseRole;
import digitstream.avro.ValidationBaseline;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReleasesTest {
    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
    private final Releases releases = new Releases();

    private static ModelRelease release(String version, int second, List<Long> classes) {
        return ModelRelease.newBuilder()
                .setRole(ReleaseRole.CHAMPION)
                .setModelName("lenet")
                .setModelVersion(version)
                .setSha256("0".repeat(64))
                .setStartedAt(NOON.plusSeconds(second))
                .setValidation(new ValidationBaseline(5_000L, 0.99, classes, Collections.nCopies(15, 1L), 1.5))
                .build();
    }

    private void add(ModelRelease release) {
        releases.add(release, NOON.plusSeconds(3_600).toEpochMilli());
    }

    @Test
    void refusesAStartAtAnImpossibleTime() {
        long now = NOON.toEpochMilli();
        ModelRelease release = release("1", 0, Collections.nCopies(10, 1L));
        assertThat(Releases.fault(release, now)).isEmpty();
        for (long started : new long[] {-1, 0, Long.MIN_VALUE, Long.MAX_VALUE, now / 1_000, now * 1_000}) {
            release.setStartedAt(Instant.ofEpochMilli(started));
            assertThat(Releases.fault(release, now))
                    .hasValue("startedAt is " + started + ", at which nobody can have released it; it must be the"
                            + " milliseconds since 1970");
        }
    }

    @Test
    void refusesANameThatWouldNotFitIntoKeys() {
        for (String version : List.of("", "a/b", "a\nb", "a".repeat(1_000))) {
            assertThat(Releases.fault(release(version, 0, Collections.nCopies(10, 1L)), NOON.toEpochMilli()))
                    .as(version)
                    .isPresent();
        }
    }

    /** A start in the future would be beyond the end of the charts. */
    @Test
    void takesAStartOfAClockThatIsAheadForThePresent() {
        long now = NOON.toEpochMilli();
        assertThat(releases.add(release("1", 3_600, Collections.nCopies(10, 1L)), now)
                        .orElseThrow()
                        .atMillis())
                .isEqualTo(now);
    }

    @Test
    void keepsEachStartAndTheValidationOfEachModel() {
        add(release("1", 0, Collections.nCopies(10, 1L)));
        add(release("2", 1, Collections.nCopies(10, 1L)));
        add(release("2", 2, Collections.nCopies(10, 1L)));
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
        add(release("1", 0, List.of(1L, 2L)));
        assertThat(releases.starts()).hasSize(1);
        assertThat(releases.of("lenet/1")).isEmpty();
    }

    @Test
    void forgetsTheOldestStarts() {
        for (int second = 0; second < 1_000; second++) {
            add(release("v" + second, second, Collections.nCopies(10, 1L)));
        }
        assertThat(releases.starts()).hasSize(200);
        assertThat(releases.starts().get(0).model()).isEqualTo("lenet/v800");
        assertThat(releases.of("lenet/v999")).isPresent();
        assertThat(releases.of("lenet/v0")).isEmpty();
    }

    @Test
    void aVersionThatIsOnlyPublishedIsNoStart() {
        ModelRelease published = release("1", 0, Collections.nCopies(10, 1L));
        published.setRole(ReleaseRole.PUBLISHED);
        assertThat(releases.add(published, NOON.toEpochMilli())).isEmpty();
        assertThat(releases.starts()).isEmpty();
        assertThat(releases.of("lenet/1")).as("its baseline is known").isPresent();
    }
}
