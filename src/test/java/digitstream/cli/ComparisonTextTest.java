package digitstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import digitstream.avro.ComparisonDecision;
import digitstream.avro.ModelComparison;
import digitstream.avro.PairFigures;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ComparisonTextTest {
    private static PairFigures figures(long bothRight, long onlyChampion, long onlyChallenger, @Nullable Long more) {
        return new PairFigures(
                bothRight, onlyChampion, onlyChallenger, 5L, 0.0021, 0.0005, 0.0039, Math.log(812), -5.0, more);
    }

    @Test
    void showsTheFiguresOfAllDigitsAndOfEach() {
        ModelComparison comparison = new ModelComparison(
                "lenet",
                "v1",
                "lenet",
                "v2",
                Instant.parse("2026-12-01T01:02:03.456Z"),
                0.05,
                ComparisonDecision.CHALLENGER_BETTER,
                "lenet/v2 beats lenet/v1\u001b[31m",
                figures(12_345, 11, 41, 0L),
                Collections.nCopies(10, figures(1_234, 2, 3, 4_567L)));
        List<String> lines = ComparisonText.of(comparison);
        assertThat(lines.subList(0, 9))
                .containsExactly(
                        "Champion:    lenet/v1",
                        "Challenger:  lenet/v2",
                        "As of:       2026-12-01T01:02:03Z",
                        "Pairs:       12,402 labelled images that both have classified, 52 of them discordant",
                        "Difference:  +0.21 points (+0.05 to +0.39), challenger minus champion",
                        "E-values:    812 that the challenger is better, 0.0067 that the champion is; 20 decides",
                        "Decision:    the challenger is better; lenet/v2 beats lenet/v1\uFFFD[31m",
                        "More labels: decided",
                        "");
        assertThat(lines).hasSize(20);
        assertThat(lines.get(19).split("  +"))
                .containsExactly(
                        "9",
                        "1,244",
                        "1,234",
                        "2",
                        "3",
                        "5",
                        "+0.21 points (+0.05 to +0.39)",
                        "812, 0.0067",
                        "about 4,567");
    }

    @Test
    void saysThatThereIsNoDecisionWithoutADifference() {
        ModelComparison comparison = new ModelComparison(
                "lenet",
                "v1",
                "lenet",
                "v2",
                Instant.EPOCH,
                0.05,
                ComparisonDecision.UNDECIDED,
                "neither",
                figures(0, 0, 0, null),
                Collections.nCopies(10, figures(0, 0, 0, null)));
        assertThat(ComparisonText.of(comparison))
                .contains("Decision:    none yet; neither", "More labels: no decision at this difference");
    }
}
