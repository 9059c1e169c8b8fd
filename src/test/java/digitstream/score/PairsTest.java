package digitstream.score;

import static org.assertj.core.api.Assertions.assertThat;

import digitstream.accuracy.ImageState.Label;
import digitstream.accuracy.ImageState.Predicted;
import digitstream.accuracy.ModelVersion;
import digitstream.accuracy.Role;
import digitstream.challenge.PairCounts;
import digitstream.challenge.Pairs;
import digitstream.settings.ScoreSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pairs in one partition, with its real stores. */
class PairsTest {
    private static final ModelVersion CHAMPION = new ModelVersion("m", "1");
    private static final ModelVersion CHALLENGER = new ModelVersion("m", "2");
    private static final VersionPair PAIR = new VersionPair(CHAMPION, CHALLENGER);
    private static final long START = Instant.parse("2026-01-01T00:00:00Z").toEpochMilli();
    private static final ScoreSettings SETTINGS = ScoreSettings.DEFAULT;

    @TempDir
    private Path folder;

    private static Predicted champion(int digit) {
        return new Predicted(CHAMPION, digit, 0.9f, START, START, Role.CHAMPION);
    }

    private static Predicted challenger(int digit) {
        return challenger(CHALLENGER, digit);
    }

    private static Predicted challenger(ModelVersion version, int digit) {
        return new Predicted(version, digit, 0.9f, START, START, Role.CHALLENGER);
    }

    /** Three images of a 3: both right, only the champion, only the challenger. */
    private static void pairs(ScoredPartition partition) {
        partition.event("a", champion(3));
        partition.event("a", challenger(3));
        partition.event("b", champion(3));
        partition.event("b", challenger(5));
        partition.event("c", champion(5));
        partition.event("c", challenger(3));
        for (String id : new String[] {"a", "b", "c"}) {
            partition.event(id, new Label(3, START));
        }
    }

    @Test
    void takesBackWhatItHasAddedAlsoAfterARestart() {
        try (ScoredPartition partition = new ScoredPartition(folder, SETTINGS, START)) {
            pairs(partition);
            partition.commit();
            assertThat(partition.pairs(CHAMPION, CHALLENGER).of(3)).isEqualTo(new Pairs(1, 1, 1, 0));
            assertThat(partition.counts(CHALLENGER).labelled()).isEqualTo(3);

            // These are lost, and come again.
            partition.event("a", new Label(5, START + 1));
            partition.restart();
            partition.event("a", new Label(5, START + 1));
            partition.event("b", Label.retraction(START + 1));
            partition.event("c", challenger(3));
            partition.commit();
            assertThat(partition.pairs(CHAMPION, CHALLENGER).of(3)).isEqualTo(new Pairs(0, 0, 1, 0));
            assertThat(partition.pairs(CHAMPION, CHALLENGER).of(5)).isEqualTo(new Pairs(0, 0, 0, 1));
            assertThat(partition.pairs(CHAMPION, CHALLENGER).total().labelled()).isEqualTo(2);
        }
    }

    @Test
    void passesOnTheSumsThatHaveChangedAndAllAfterARestart() {
        try (ScoredPartition partition = new ScoredPartition(folder, SETTINGS, START)) {
            pairs(partition);
            assertThat(partition.publishedPairs()).isEmpty();
            partition.pass(Duration.ofSeconds(1));
            assertThat(partition.publishedPairs().keySet()).containsExactly(PAIR);
            PairCounts published = partition.publishedPairs().get(PAIR).counts();
            assertThat(published.total()).isEqualTo(new Pairs(1, 1, 1, 0));

            partition.restart();
            partition.pass(Duration.ofSeconds(1));
            assertThat(partition.publishedPairs().get(PAIR).counts()).isEqualTo(published);
        }
    }

    @Test
    void forgetsCountsThatHaveNotChangedForTheRetention() {
        try (ScoredPartition partition = new ScoredPartition(folder, SETTINGS, START)) {
            pairs(partition);
            partition.pass(Duration.ofSeconds(1));
            partition.pass(ScoredPartition.PAIRS_RETENTION.minusSeconds(1));
            assertThat(partition.pairs(CHAMPION, CHALLENGER).total().labelled()).isEqualTo(3);
            partition.pass(Duration.ofSeconds(2));
            assertThat(partition.pairs(CHAMPION, CHALLENGER)).isEqualTo(new PairCounts());
        }
    }

    @Test
    void keepsABoundedNumberOfPairsOfWhichNoneIsBusy() {
        try (ScoredPartition partition = new ScoredPartition(folder, SETTINGS, START)) {
            pairs(partition);
            partition.commit();
            for (int i = 0; i < 2 * PairSum.MAX_KEPT; i++) {
                partition.event("strange" + i, champion(3));
                partition.event("strange" + i, new Label(3, START));
                partition.event("strange" + i, challenger(new ModelVersion("m", "strange" + i), 3));
            }
            partition.pass(Duration.ofSeconds(1));
            assertThat(partition.publishedPairs()).hasSize(PairSum.MAX_KEPT).containsKey(PAIR);
        }
    }

    @Test
    void takesNothingBackFromAPairThatWasForgotten() {
        PairCounts correction = new PairCounts();
        correction.add(-1, 3, true, true);
        correction.add(1, 5, false, false);
        PairSum sum = PairSum.NONE.plus(correction, START);
        assertThat(sum.counts().of(3)).isEqualTo(Pairs.NONE);
        assertThat(sum.counts().of(5)).isEqualTo(new Pairs(0, 0, 0, 1));
        assertThat(PairSum.fromBytes(sum.toBytes())).isEqualTo(sum);
    }
}
