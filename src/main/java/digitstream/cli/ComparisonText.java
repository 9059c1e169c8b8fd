package digitstream.cli;

import digitstream.avro.ModelComparison;
import digitstream.avro.PairFigures;
import digitstream.challenge.EValue;
import digitstream.common.Excerpt;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What {@code digitstream models compare} prints. */
final class ComparisonText {
    private ComparisonText() {}

    static List<String> of(ModelComparison comparison) {
        PairFigures all = comparison.getAll();
        List<String> lines = new ArrayList<>();
        lines.add("Champion:    " + Excerpt.of(ModelsCompareCommand.champion(comparison)));
        lines.add("Challenger:  " + Excerpt.of(ModelsCompareCommand.challenger(comparison)));
        lines.add("As of:       " + comparison.getComputedAt().truncatedTo(ChronoUnit.SECONDS));
        lines.add(String.format(
                Locale.ROOT,
                "Pairs:       %,d labelled images that both have classified, %,d of them discordant",
                labelled(all),
                discordant(all)));
        lines.add("Difference:  " + difference(all) + ", challenger minus champion");
        lines.add(String.format(
                Locale.ROOT,
                "E-values:    %s that the challenger is better, %s that the champion is; %.0f decides",
                eValue(all.getChallengerBetterLogE()),
                eValue(all.getChampionBetterLogE()),
                1 / comparison.getAlpha()));
        // A sentence is longer than an excerpt.
        String reason = comparison.getReason().replaceAll("\\p{Cntrl}", "\uFFFD");
        lines.add("Decision:    " + decision(comparison) + "; " + reason);
        lines.add("More labels: " + moreLabels(all));
        lines.add("");
        lines.addAll(ModelsText.table(classes(comparison)));
        return lines;
    }

    private static List<List<String>> classes(ModelComparison comparison) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of(
                "DIGIT",
                "PAIRS",
                "BOTH RIGHT",
                "ONLY CHAMPION",
                "ONLY CHALLENGER",
                "BOTH WRONG",
                "DIFFERENCE",
                "E-VALUES",
                "MORE LABELS"));
        for (int digit = 0; digit < comparison.getClasses().size(); digit++) {
            PairFigures figures = comparison.getClasses().get(digit);
            rows.add(List.of(
                    Integer.toString(digit),
                    count(labelled(figures)),
                    count(figures.getBothRight()),
                    count(figures.getOnlyChampion()),
                    count(figures.getOnlyChallenger()),
                    count(figures.getBothWrong()),
                    difference(figures),
                    eValue(figures.getChallengerBetterLogE()) + ", " + eValue(figures.getChampionBetterLogE()),
                    moreLabels(figures)));
        }
        return rows;
    }

    private static String decision(ModelComparison comparison) {
        return switch (comparison.getDecision()) {
            case CHALLENGER_BETTER -> "the challenger is better";
            case CHAMPION_BETTER -> "the champion is better";
            case UNDECIDED -> "none yet";
        };
    }

    private static long labelled(PairFigures figures) {
        return figures.getBothRight() + figures.getBothWrong() + discordant(figures);
    }

    private static long discordant(PairFigures figures) {
        return figures.getOnlyChampion() + figures.getOnlyChallenger();
    }

    private static String count(long images) {
        return String.format(Locale.ROOT, "%,d", images);
    }

    /** In percentage points. */
    private static String difference(PairFigures figures) {
        return String.format(
                Locale.ROOT,
                "%+.2f points (%+.2f to %+.2f)",
                100 * figures.getDifference(),
                100 * figures.getDifferenceLow(),
                100 * figures.getDifferenceHigh());
    }

    private static String eValue(double log) {
        return new EValue(log).toString();
    }

    private static String moreLabels(PairFigures figures) {
        Long more = figures.getMoreLabels();
        if (more == null) {
            return "no decision at this difference";
        }
        return more == 0 ? "decided" : String.format(Locale.ROOT, "about %,d", more);
    }
}
