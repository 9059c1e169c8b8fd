package digitstream.challenge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class PolicyTest {
    private static final PromotionPolicy PROMOTION = new PromotionPolicy(0.05, 0.01);
    private static final RollbackPolicy ROLLBACK = new RollbackPolicy(0.05, 0.97, 0.01);

    /** The same pairs in each class. */
    private static PairCounts evenly(int bothRight, int onlyChampion, int onlyChallenger) {
        PairCounts counts = new PairCounts();
        for (int digit = 0; digit < 10; digit++) {
            add(counts, digit, bothRight, onlyChampion, onlyChallenger);
        }
        return counts;
    }

    private static void add(PairCounts counts, int digit, int bothRight, int onlyChampion, int onlyChallenger) {
        counts.add(bothRight, digit, true, true);
        counts.add(onlyChampion, digit, true, false);
        counts.add(onlyChallenger, digit, false, true);
    }

    private static Decision decide(PairCounts counts) {
        return PROMOTION.decide("v6", "v7", counts);
    }

    private static Decision decide(Pairs pairs, ServingCounts serving, int span) {
        return ROLLBACK.decide("v7", "v6", pairs, serving, span);
    }

    @Test
    void promotesWithTheFiguresInTheReason() {
        Decision decision = decide(evenly(1_995, 1, 4));
        assertThat(decision).isInstanceOf(Decision.Promote.class);
        assertThat(decision.reason())
                .matches("v7 beats v6: 40 of 50 discordant pairs, difference \\+0\\.15 points"
                        + " \\(\\+0\\.0\\d to \\+0\\.2\\d\\), e-value \\d{3,4}; no digit is worse by 1 point or more");
    }

    @Test
    void asksForMoreLabelsUntilThen() {
        Decision.Undecided undecided = (Decision.Undecided) decide(evenly(1_997, 1, 2));
        assertThat(undecided.reason())
                .startsWith("neither v6 nor v7 is better yet: 20 of 30 discordant pairs, difference +0.05 points (-0.0")
                .endsWith(" of 20");
        assertThat(undecided.moreLabels().orElseThrow()).isBetween(10_000L, 60_000L);
    }

    @Test
    void expectsNoPromotionWhileTheChampionLeads() {
        Decision.Undecided undecided = (Decision.Undecided) decide(evenly(1_997, 2, 1));
        assertThat(undecided.reason()).startsWith("neither v6 nor v7 is better yet: 20 of 30 discordant pairs");
        assertThat(undecided.moreLabels()).isEmpty();
    }

    @Test
    void doesNotPromoteAWorseChallengerHoweverLongItRuns() {
        Decision.Undecided undecided = (Decision.Undecided) decide(evenly(1_995, 4, 1));
        assertThat(undecided.reason())
                .startsWith("v7 is worse than v6: 40 of 50 discordant pairs, difference -0.15 points");
        assertThat(undecided.moreLabels()).isEmpty();
    }

    @Test
    void doesNotPromoteWhileADigitMayBeWorse() {
        PairCounts counts = evenly(1_995, 1, 10);
        add(counts, 5, 0, 30, 0);
        Decision.Undecided undecided = (Decision.Undecided) decide(counts);
        assertThat(undecided.reason())
                .startsWith("v7 beats v6: 100 of 140 discordant pairs")
                .contains("; but digit 5 may be worse by 1 point: difference -1.03 points (")
                .endsWith(" in 2,036 labels");
        assertThat(undecided.moreLabels()).isEmpty();
        assertThat(new PromotionPolicy(0.05, 0.05).decide("v6", "v7", counts)).isInstanceOf(Decision.Promote.class);
    }

    @Test
    void doesNotPromoteWhileADigitHasNoLabels() {
        PairCounts counts = new PairCounts();
        for (int digit = 0; digit < 9; digit++) {
            add(counts, digit, 1_995, 1, 4);
        }
        assertThat(decide(counts)).isInstanceOf(Decision.Undecided.class);
        assertThat(decide(counts).reason()).endsWith("; but digit 9 has no labels");
        assertThat(new PromotionPolicy(0.05, 1).decide("v6", "v7", counts)).isInstanceOf(Decision.Promote.class);
    }

    @Test
    void takesEvidenceBackWithACorrection() {
        PairCounts counts = evenly(1_995, 1, 4);
        for (int i = 0; i < 2; i++) {
            for (int digit = 0; digit < 10; digit++) {
                counts.add(-1, digit, false, true);
                counts.add(1, digit, false, false);
            }
        }
        assertThat(decide(counts)).isInstanceOf(Decision.Undecided.class);
    }

    @Test
    void rollsBackANewChampionThatIsWorse() {
        Pairs pairs = new Pairs(1_900, 11, 41, 10);
        Decision decision = decide(pairs, new ServingCounts(3_000, 0, 1_962, 1_911), 0);
        assertThat(decision).isInstanceOf(Decision.RollBack.class);
        assertThat(decision.reason())
                .startsWith("v7 is worse than v6: 41 of 52 discordant pairs, difference -1.53 points (-2.");
        assertThat(decide(pairs.swapped(), new ServingCounts(3_000, 0, 1_962, 1_941), 0))
                .isInstanceOf(Decision.Undecided.class);
    }

    @Test
    void rollsBackBelowTheFloorEvenWithoutPairs() {
        Decision decision = decide(Pairs.NONE, new ServingCounts(3_000, 0, 2_000, 1_860), 0);
        assertThat(decision).isInstanceOf(Decision.RollBack.class);
        assertThat(decision.reason())
                .matches(
                        "v7 has an accuracy of 93\\.0 % \\(9[0-2]\\.\\d to 9[4-6]\\.\\d\\) in 2,000 labels, below 97 %");
        assertThat(decide(Pairs.NONE, new ServingCounts(3_000, 0, 2_000, 1_935), 0))
                .isInstanceOf(Decision.Undecided.class);
        assertThat(new RollbackPolicy(0.05, 0, 1)
                        .decide("v7", "v6", Pairs.NONE, new ServingCounts(3_000, 3_000, 2_000, 0), 0))
                .isInstanceOf(Decision.Undecided.class);
    }

    @Test
    void rollsBackWhenTooManyImagesAreRefused() {
        Decision decision = decide(Pairs.NONE, new ServingCounts(2_000, 60, 0, 0), 0);
        assertThat(decision).isInstanceOf(Decision.RollBack.class);
        assertThat(decision.reason())
                .matches("v7 refuses 3\\.0 % \\(1\\.\\d to 4\\.\\d\\) of 2,000 images, more than 1 %");
        assertThat(decide(Pairs.NONE, new ServingCounts(2_000, 22, 0, 0), 0)).isInstanceOf(Decision.Undecided.class);
    }

    @Test
    void addsAndSubtractsWhatBecameOfImages() {
        ServingCounts change = new ServingCounts(4, 1, 3, 2);
        assertThat(ServingCounts.NONE.plus(change).plus(change)).isEqualTo(new ServingCounts(8, 2, 6, 4));
        assertThat(ServingCounts.NONE.plus(change).minus(change)).isEqualTo(ServingCounts.NONE);
    }

    @Test
    void allSpansTogetherHaveOneAlpha() {
        double sum = 0;
        for (int span = 0; span < 100_000; span++) {
            sum += ROLLBACK.alphaOf(span);
        }
        assertThat(sum).isBetween(0.04999, 0.05);
        // So few errors that a later span needs some more.
        ServingCounts serving = new ServingCounts(300, 0, 300, 279);
        assertThat(decide(Pairs.NONE, serving, 0)).isInstanceOf(Decision.RollBack.class);
        assertThat(decide(Pairs.NONE, serving, 1_000)).isInstanceOf(Decision.Undecided.class);
    }

    @Test
    void refusesSettingsWithoutMeaning() {
        assertThatThrownBy(() -> new PromotionPolicy(0, 0.01)).hasMessageContaining("alpha is 0.0");
        assertThatThrownBy(() -> new PromotionPolicy(0.05, 0)).hasMessageContaining("above 0 and at most 1");
        assertThatThrownBy(() -> new RollbackPolicy(0.05, 1, 0.01)).hasMessageContaining("floor");
        assertThatThrownBy(() -> new RollbackPolicy(0.05, 0.97, 0)).hasMessageContaining("refused");
        assertThatThrownBy(() -> decide(Pairs.NONE, ServingCounts.NONE, -1)).hasMessage("span -1 is negative");
        assertThatThrownBy(() -> decide(Pairs.NONE, new ServingCounts(1, 2, 0, 0), 0))
                .hasMessage("2 of 1 is not a share");
    }
}
