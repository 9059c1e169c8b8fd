package digitstream.challenge;

/**
 * The exact one-sided McNemar test: whether more discordant pairs go to the challenger than chance explains. It holds its level
 * at one look.
 */
final class BinomialTest {
    private final double[] logFactorials;
    private final int[] critical;

    BinomialTest(double alpha, int pairs) {
        logFactorials = new double[pairs];
        for (int n = 2; n < pairs; n++) {
            logFactorials[n] = logFactorials[n - 1] + Math.log(n);
        }
        critical = new int[pairs];
        for (int n = 0; n < pairs; n++) {
            double tail = 0;
            int wins = n + 1;
            while (wins > 0 && tail + probability(wins - 1, n, 0.5) <= alpha) {
                wins--;
                tail += probability(wins, n, 0.5);
            }
            critical[n] = wins;
        }
    }

    private double probability(int wins, int pairs, double share) {
        return Math.exp(logFactorials[pairs]
                - logFactorials[wins]
                - logFactorials[pairs - wins]
                + wins * Math.log(share)
                + (pairs - wins) * Math.log(1 - share));
    }

    boolean rejects(int wins, int losses) {
        return wins >= critical[wins + losses];
    }

    /** The number of labelled images, to 50, with which the test finds the better of two models with the given probability. */
    int labels(SimulatedModels models, double power) {
        int tooFew = 0;
        int enough = 100_000;
        while (enough - tooFew > 50) {
            int middle = (tooFew + enough) / 2;
            if (power(models, middle) >= power) {
                enough = middle;
            } else {
                tooFew = middle;
            }
        }
        return enough;
    }

    private double power(SimulatedModels models, int labels) {
        double discordant = models.onlyChampion() + models.onlyChallenger();
        double share = models.onlyChallenger() / discordant;
        // The number of discordant pairs is binomial; the first term is (1 - discordant)^labels.
        double log = labels * Math.log1p(-discordant);
        double power = 0;
        for (int pairs = 0; pairs < Math.min(labels, critical.length); pairs++) {
            if (log > -40) {
                double rejects = 0;
                for (int wins = critical[pairs]; wins <= pairs; wins++) {
                    rejects += probability(wins, pairs, share);
                }
                power += Math.exp(log) * rejects;
            }
            log += Math.log((labels - pairs) / (pairs + 1.0)) + Math.log(discordant) - Math.log1p(-discordant);
        }
        return power;
    }
}
