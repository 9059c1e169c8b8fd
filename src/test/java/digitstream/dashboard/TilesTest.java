package digitstream.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import digitstream.dashboard.Tiles.Mark;
import digitstream.verdict.Finding;
import digitstream.verdict.Level;
import digitstream.verdict.Observation;
import digitstream.verdict.Observation.Estimated;
import digitstream.verdict.Observation.Measured;
import digitstream.verdict.Observation.Model;
import digitstream.verdict.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class TilesTest {
    private static final String MODEL = "lenet/2";
    private static final Tiles.Windows WINDOWS = new Tiles.Windows("10m", "1m");
    private static final OptionalLong SOME = OptionalLong.of(1);

    @Test
    void everyRuleOfTheVerdictConcernsATile() throws IOException {
        String reference = Files.readString(Path.of("docs/reference.md"));
        String rules = reference.substring(reference.indexOf("### Rules\n"));
        List<String> names = Pattern.compile("(?m)^\\| (`[^|]+`) \\|")
                .matcher(rules.substring(0, rules.indexOf("\n### ", 1)))
                .results()
                .map(row -> row.group(1))
                .flatMap(cell -> Pattern.compile("`([a-z-]+)`").matcher(cell).results())
                .map(name -> name.group(1))
                .toList();
        assertThat(names).contains("brokers-away", "scoring-behind", "latency-high");
        assertThat(Tiles.CONCERNS.keySet()).containsAll(names);
    }

    @Test
    void approvesOnlyTheVersionAndTheWindowsThatWereJudged() {
        Map<String, List<Mark>> marks = Tiles.of(verdict(), observation(true, false), model -> WINDOWS);
        assertThat(marks.get("accuracy")).containsExactly(new Mark(Level.OK, "", MODEL, "10m"));
        assertThat(marks.get("estimate")).containsExactly(new Mark(Level.OK, "", MODEL, "1m"));
        assertThat(marks.get("coverage")).containsExactly(new Mark(Level.OK, "", MODEL, null));
        assertThat(marks.get("lag")).containsExactly(new Mark(Level.OK, "", null, null));
    }

    @Test
    void approvesNoAccuracyThatIsNotMeasured() {
        Observation seen = observation(false, false);
        Tiles.Windows windows = new Tiles.Windows(null, "1m");
        assertThat(Tiles.of(verdict(), seen, model -> windows).get("accuracy")).isEmpty();
        Map<String, List<Mark>> marks = Tiles.of(verdict("no-labels", "scoring-behind"), seen, model -> windows);
        assertThat(marks.get("accuracy"))
                .containsExactly(
                        new Mark(Level.WARNING, "no-labels!", null, null),
                        new Mark(Level.WARNING, "scoring-behind!", null, null));
        assertThat(marks.get("coverage")).extracting(Mark::level).startsWith(Level.WARNING, Level.WARNING);
    }

    @Test
    void marksAnAccuracyThatIsLowInTheWindowThatWasJudged() {
        Map<String, List<Mark>> marks = Tiles.of(verdict("accuracy-low"), observation(true, false), model -> WINDOWS);
        assertThat(marks.get("accuracy"))
                .containsExactly(
                        new Mark(Level.WARNING, "accuracy-low!", MODEL, "10m"), new Mark(Level.OK, "", MODEL, "10m"));
        assertThat(marks.get("dead")).extracting(Mark::level).containsExactly(Level.OK);
    }

    @Test
    void marksTheEstimateOfEveryWindowThatUnlikeImagesMakeWorthless() {
        Map<String, List<Mark>> marks = Tiles.of(verdict("images-unlike"), observation(true, false), model -> WINDOWS);
        assertThat(marks.get("estimate").get(0)).isEqualTo(new Mark(Level.WARNING, "images-unlike!", MODEL, null));
        DashboardState.Judgement judgement = new DashboardState.Judgement(verdict("images-unlike"), marks);
        assertThat(judgement.isUnlike(MODEL)).isTrue();
        assertThat(judgement.isUnlike("lenet/1")).isFalse();
        assertThat(new DashboardState.Judgement(verdict("estimate-low"), marks).isUnlike(MODEL))
                .isFalse();
    }

    @Test
    void approvesNothingWhileTheBrokersAreAway() {
        Map<String, List<Mark>> marks = Tiles.of(verdict("brokers-away"), observation(true, true), model -> WINDOWS);
        assertThat(marks.get("rate")).extracting(Mark::level).containsExactly(Level.WARNING);
        assertThat(marks.get("dead")).isEmpty();
        assertThat(marks.get("accuracy")).isEmpty();
    }

    private static Verdict verdict(String... rules) {
        return new Verdict(
                rules.length == 0 ? Level.OK : Level.WARNING,
                1,
                Arrays.stream(rules)
                        .map(rule -> new Finding(rule, Level.WARNING, rule + "!", 1, MODEL))
                        .toList());
    }

    private static Observation observation(boolean measured, boolean away) {
        Model model = new Model(
                MODEL,
                OptionalDouble.of(0.99),
                measured ? Optional.of(new Measured("in the last 10m", 0.99, 0.98, 1)) : Optional.empty(),
                false,
                SOME,
                Optional.of(new Estimated(
                        "in the last minute", OptionalDouble.of(0.99), OptionalDouble.of(0.98), Optional.empty(), 0)),
                Optional.empty());
        return new Observation(
                1,
                1,
                away ? SOME : OptionalLong.empty(),
                OptionalDouble.of(100),
                100,
                SOME,
                SOME,
                OptionalDouble.of(100),
                SOME,
                SOME,
                SOME,
                Map.of(),
                List.of(model));
    }
}
