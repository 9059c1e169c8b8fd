package digitstream.challenge;

import static org.assertj.core.api.Assertions.assertThat;

import digitstream.accuracy.WilsonInterval;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * The promises of the policies, with late, missing, shuffled, wrong, corrected and retracted labels ({@link SimulatedLabels})
 * and somebody who looks after each of them. Seeds are fixed. With {@code -Dchallenge.figures=true}, prints the figures for
 * {@code docs/decisions/021-anytime-comparison.md}.
 */
class ChallengeSimulationTest {
    private static final double ALPHA = 0.05;
    private static final double POWER = 0.8;

    /** More discordant pairs than any run has. */
    private static final int MOST_PAIRS = 4_000;

    private static final int[] WINS_TO_DECIDE = winsToDecide();
    private static final BinomialTest FIXED = new BinomialTest(ALPHA, MOST_PAIRS);

    /** The least number of wins among n discordant pairs with which the e-value decides, as looking it up takes no time. */
    private static int[] winsToDecide() {
        int[] wins = new int[MOST_PAIRS];
        wins[0] = 1;
        for (int n = 1; n < MOST_PAIRS; n++) {
            wins[n] = wins[n - 1];
            while (wins[n] <= n
                    && !Comparison.challengerBetterBy(0, new Pairs(0, n - wins[n], wins[n], 0))
                            .reaches(ALPHA)) {
                wins[n]++;
            }
        }
        return wins;
    }

    private static boolean decides(int wins, int losses) {
        return wins >= WINS_TO_DECIDE[wins + losses];
    }

    private static void print(String format, Object... figures) {
        if (Boolean.getBoolean("challenge.figures")) {
            System.out.printf(format, figures);
        }
    }

    /**
     * 10,000 pairs of equal models, 50,000 images each. Only images on which the two give different answers are simulated: the
     * others never make a discordant pair, whatever their label.
     */
    @Test
    void hardlyEverPromotesAnEqualModel() {
        int runs = 10_000;
        int promoted = 0;
        int rejected = 0;
        int promotedByFixedTest = 0;
        for (int run = 0; run < runs; run++) {
            SplittableRandom random = new SplittableRandom(run);
            SimulatedModels models = SimulatedModels.random(random, 0);
            SimulatedLabels labels = new SimulatedLabels(random, Integer.MAX_VALUE);
            int image = models.classifyUntilTheyDiffer(random);
            while (image <= 50_000) {
                labels.add(image, models);
                image += models.classifyUntilTheyDiffer(random);
            }
            boolean[] seen = new boolean[3];
            labels.play(0, now -> {
                seen[0] |= decides(now.onlyChallenger(), now.onlyChampion());
                seen[1] |= decides(now.onlyChampion(), now.onlyChallenger());
                seen[2] |= FIXED.rejects(now.onlyChallenger(), now.onlyChampion());
                return false;
            });
            // The table says what the policy says.
            Pairs pairs = labels.counts().total();
            assertThat(Comparison.challengerBetterBy(0, pairs).reaches(ALPHA))
                    .isEqualTo(decides((int) pairs.onlyChallenger(), (int) pairs.onlyChampion()));
            promoted += seen[0] ? 1 : 0;
            rejected += seen[1] ? 1 : 0;
            promotedByFixedTest += seen[2] ? 1 : 0;
        }
        print(
                "equal models: %d of %d promoted, %d found worse; fixed-size test at each label: %d%n",
                promoted, runs, rejected, promotedByFixedTest);
        assertThat(WilsonInterval.of(promoted, runs).high()).isLessThanOrEqualTo(ALPHA);
        assertThat(WilsonInterval.of(rejected, runs).high()).isLessThanOrEqualTo(ALPHA);
        // Without an e-value the simulation would fail: this is what it is for.
        assertThat(promotedByFixedTest).isGreaterThan(runs / 5);
    }

    /** The best fixed-size test decides with a probability of 0.8, and needs to know the difference beforehand. */
    @Test
    void promotesAModelThatIsBetterByAFifthOfAPoint() {
        for (double championError : new double[] {0.02, 0.01, 0.007}) {
            for (double common : new double[] {0.3, 0.6}) {
                SimulatedModels models = new SimulatedModels(championError, championError - 0.002, common);
                int fixed = FIXED.labels(models, POWER);
                double[] needed = new double[61];
                double[] withClasses = new double[needed.length];
                for (int run = 0; run < needed.length; run++) {
                    promote(models, new SplittableRandom(run), 9 * fixed / 4, run, needed, withClasses);
                }
                Arrays.sort(needed);
                Arrays.sort(withClasses);
                double median = withClasses[needed.length / 2];
                print(
                        "accuracy %.3f, %.0f %% of the errors in common: fixed %,d, median %,.0f, with classes %,.0f (%.2f)%n",
                        1 - championError, 100 * common, fixed, needed[needed.length / 2], median, median / fixed);
                assertThat(median).isLessThanOrEqualTo(2.0 * fixed);
            }
        }
    }

    /** Records the labels needed for the e-value alone and for the policy with its class bound; infinite if they do not suffice. */
    private static void promote(
            SimulatedModels models,
            SplittableRandom random,
            int images,
            int run,
            double[] needed,
            double[] withClasses) {
        SimulatedLabels labels = new SimulatedLabels(random, Integer.MAX_VALUE);
        for (int image = 0; image < images; image++) {
            models.classify(random);
            labels.add(image, models);
        }
        PromotionPolicy policy = new PromotionPolicy(ALPHA, 0.01);
        needed[run] = Double.POSITIVE_INFINITY;
        withClasses[run] = Double.POSITIVE_INFINITY;
        labels.play(0, now -> {
            if (!decides(now.onlyChallenger(), now.onlyChampion())) {
                return false;
            }
            needed[run] = Math.min(needed[run], now.labelledSince());
            // To save time, classes are looked at with every hundredth label.
            if (now.labelledSince() % 100 != 0
                    || !(policy.decide("v6", "v7", now.counts()) instanceof Decision.Promote)) {
                return false;
            }
            withClasses[run] = now.labelledSince();
            return true;
        });
    }

    /** At once after the promotion, and after 62,500 good images, in the middle of a span. */
    @Test
    void rollsBackAModelThatBreaks() {
        SimulatedModels good = new SimulatedModels(0.005, 0.01, 0.5);
        RollbackPolicy policy = new RollbackPolicy(ALPHA, 0.97, 0.01);
        for (int breaksAt : new int[] {0, 62_500}) {
            for (double error : new double[] {0.9, 0.1, 0.06}) {
                SimulatedModels broken = new SimulatedModels(error, 0.01, 0.5);
                int[] labelsAfter = new int[20];
                for (int run = 0; run < labelsAfter.length; run++) {
                    SplittableRandom random = new SplittableRandom(run);
                    SimulatedLabels labels = new SimulatedLabels(random, 5_000);
                    for (int image = 0; image < breaksAt + 6_000; image++) {
                        SimulatedModels models = image < breaksAt ? good : broken;
                        models.classify(random);
                        labels.add(image, models);
                    }
                    assertThat(labels.play(breaksAt, now -> rollsBack(policy, now)))
                            .isTrue();
                    labelsAfter[run] = labels.labelledSince();
                }
                Arrays.sort(labelsAfter);
                print(
                        "breaks at %,d, accuracy %.2f: median %,d labels, at most %,d%n",
                        breaksAt, 1 - error, labelsAfter[labelsAfter.length / 2], labelsAfter[labelsAfter.length - 1]);
                assertThat(labelsAfter[0]).as("labels since the break").isPositive();
                assertThat(labelsAfter[labelsAfter.length - 1]).isLessThanOrEqualTo(2_000);
            }
        }
    }

    private static boolean rollsBack(RollbackPolicy policy, SimulatedLabels now) {
        // To save time, with every tenth label.
        return now.delivered() % 10 == 0
                && (rollsBack(policy, now.counts().total(), 0)
                        || rollsBack(policy, now.spanCounts().total(), now.span() + 1));
    }

    private static boolean rollsBack(RollbackPolicy policy, Pairs pairs, int span) {
        long labelled = pairs.labelled();
        ServingCounts serving = new ServingCounts(labelled, 0, labelled, pairs.bothRight() + pairs.onlyChampion());
        return policy.decide("v7", "v6", pairs, serving, span) instanceof Decision.RollBack;
    }

    /**
     * As good as the previous model, and above the floor by no more than what wrong labels cost: before corrections arrive,
     * 2 % of the labels are wrong, and 97 % of the others agree with the model.
     */
    @Test
    void hardlyEverRollsBackAGoodModel() {
        RollbackPolicy policy = new RollbackPolicy(ALPHA, 0.95, 0.01);
        SimulatedModels models = new SimulatedModels(0.03, 0.03, 0.5);
        int runs = 300;
        int rolledBack = 0;
        for (int run = 0; run < runs; run++) {
            SplittableRandom random = new SplittableRandom(run);
            SimulatedLabels labels = new SimulatedLabels(random, 5_000);
            for (int image = 0; image < 12_000; image++) {
                models.classify(random);
                labels.add(image, models);
            }
            rolledBack += labels.play(0, now -> rollsBack(policy, now)) ? 1 : 0;
        }
        print("good models: %d of %d rolled back%n", rolledBack, runs);
        // For each of two reasons, with a probability of at most 0.05.
        assertThat(rolledBack).isLessThanOrEqualTo(runs / 10);
    }
}
