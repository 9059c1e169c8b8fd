package digitstream.score;

import digitstream.avro.ComparisonDecision;
import digitstream.avro.ModelComparison;
import digitstream.avro.PairFigures;
import digitstream.challenge.Comparison;
import digitstream.challenge.PairCounts;
import digitstream.challenge.Pairs;
import digitstream.challenge.PromotionPolicy;
import digitstream.common.Digits;
import java.time.Instant;
import java.util.stream.IntStream;

/** The records of comparisons. */
final class Comparisons {
    /** The record says which version is better. How much worse a digit may be is for who promotes to say. */
    private static final double ANY_CLASS_LOSS = 1;

    private Comparisons() {}

    static ModelComparison of(VersionPair pair, PairCounts counts, double alpha, long nowMillis) {
        Comparison all = Comparison.of(counts.total(), alpha);
        return ModelComparison.newBuilder()
                .setChampionName(pair.champion().name())
                .setChampionVersion(pair.champion().version())
                .setChallengerName(pair.challenger().name())
                .setChallengerVersion(pair.challenger().version())
                .setComputedAt(Instant.ofEpochMilli(nowMillis))
                .setAlpha(alpha)
                .setDecision(decision(all))
                .setReason(new PromotionPolicy(alpha, ANY_CLASS_LOSS)
                        .decide(VersionPair.text(pair.champion()), VersionPair.text(pair.challenger()), counts)
                        .reason())
                .setAll(figures(all))
                .setClasses(IntStream.range(0, Digits.CLASSES)
                        .mapToObj(digit -> figures(Comparison.of(counts.of(digit), alpha)))
                        .toList())
                .build();
    }

    private static ComparisonDecision decision(Comparison comparison) {
        if (comparison.isChallengerBetter()) {
            return ComparisonDecision.CHALLENGER_BETTER;
        }
        return comparison.isChampionBetter() ? ComparisonDecision.CHAMPION_BETTER : ComparisonDecision.UNDECIDED;
    }

    private static PairFigures figures(Comparison comparison) {
        Pairs pairs = comparison.pairs();
        return PairFigures.newBuilder()
                .setBothRight(pairs.bothRight())
                .setOnlyChampion(pairs.onlyChampion())
                .setOnlyChallenger(pairs.onlyChallenger())
                .setBothWrong(pairs.bothWrong())
                .setDifference(pairs.difference())
                .setDifferenceLow(comparison.difference().low())
                .setDifferenceHigh(comparison.difference().high())
                .setChallengerBetterLogE(comparison.challengerBetter().log())
                .setChampionBetterLogE(comparison.championBetter().log())
                .setMoreLabels(
                        comparison.moreLabels().isPresent()
                                ? comparison.moreLabels().getAsLong()
                                : null)
                .build();
    }
}
