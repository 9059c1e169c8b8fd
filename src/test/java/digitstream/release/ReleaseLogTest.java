package digitstream.release;

import static org.assertj.core.api.Assertions.assertThat;

import digitstream.avro.ModelRelease;
import digitstream.avro.ReleaseRole;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ReleaseLogTest {
    private final ReleaseLog log = new ReleaseLog();
    private long offset;

    private void add(String version, ReleaseRole role, @Nullable String replaced) {
        ModelRelease release = ModelRelease.newBuilder()
                .setModelName("m")
                .setModelVersion(version)
                .setSha256("0".repeat(64))
                .setStartedAt(Instant.EPOCH)
                .setRole(role)
                .setReplaced(replaced == null ? null : "m/" + replaced)
                .build();
        // As in a topic with markers of transactions.
        offset += 2;
        log.add("m/" + version, offset, release);
    }

    private String champion() {
        return log.champion().map(ReleaseLog.Entry::key).orElse("none");
    }

    private String previous() {
        return log.previous().map(ReleaseLog.Entry::key).orElse("none");
    }

    @Test
    void hasNoChampionAtFirst() {
        assertThat(champion()).isEqualTo("none");
        assertThat(previous()).isEqualTo("none");
        add("1", ReleaseRole.PUBLISHED, null);
        assertThat(champion()).isEqualTo("none");
    }

    @Test
    void theLastChampionServes() {
        add("1", ReleaseRole.CHAMPION, null);
        add("2", ReleaseRole.CHAMPION, "1");
        assertThat(champion()).isEqualTo("m/2");
        add("1", ReleaseRole.CHAMPION, "2");
        assertThat(champion()).isEqualTo("m/1");
        assertThat(log.champion().orElseThrow().offset()).isEqualTo(6);
    }

    @Test
    void aVersionThatIsPublishedOrChallengesDoesNotServe() {
        add("1", ReleaseRole.CHAMPION, null);
        add("2", ReleaseRole.PUBLISHED, null);
        add("3", ReleaseRole.CHALLENGER, null);
        assertThat(champion()).isEqualTo("m/1");
        assertThat(log.challengers()).extracting(ReleaseLog.Entry::key).containsExactly("m/3");
    }

    @Test
    void goesBackFurtherWithEachRollback() {
        add("1", ReleaseRole.CHAMPION, null);
        add("2", ReleaseRole.CHAMPION, "1");
        add("3", ReleaseRole.CHAMPION, "2");
        assertThat(previous()).isEqualTo("m/2");
        add("2", ReleaseRole.CHAMPION, "1");
        add("3", ReleaseRole.RETIRED, "2");
        assertThat(champion()).isEqualTo("m/2");
        assertThat(previous()).isEqualTo("m/1");
    }

    @Test
    void doesNotReturnToARetiredVersion() {
        add("1", ReleaseRole.CHAMPION, null);
        add("2", ReleaseRole.CHAMPION, "1");
        add("3", ReleaseRole.CHAMPION, "2");
        add("2", ReleaseRole.RETIRED, "1");
        assertThat(previous()).isEqualTo("m/1");
        add("1", ReleaseRole.RETIRED, null);
        assertThat(previous()).isEqualTo("none");
    }

    @Test
    void endsWhereEachReplacedTheOther() {
        add("1", ReleaseRole.CHAMPION, "2");
        add("2", ReleaseRole.RETIRED, "1");
        assertThat(previous()).isEqualTo("none");
    }

    @Test
    void isTheSameAfterCompaction() {
        add("2", ReleaseRole.RETIRED, "1");
        add("1", ReleaseRole.CHAMPION, "0");
        assertThat(champion()).isEqualTo("m/1");
        assertThat(previous()).as("its record is gone").isEqualTo("none");
    }

    @Test
    void forgetsAVersionWithoutAValue() {
        add("1", ReleaseRole.CHAMPION, null);
        add("2", ReleaseRole.CHAMPION, "1");
        log.add("m/2", 100, null);
        assertThat(champion()).isEqualTo("m/1");
        assertThat(log.latest()).hasSize(1);
        assertThat(log.history()).as("it was released").hasSize(2);
    }
}
