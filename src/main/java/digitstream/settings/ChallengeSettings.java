package digitstream.settings;

import java.time.Duration;

/**
 * How challengers are compared with the champion.
 *
 * @param alpha the probability of a false decision over all challengers that run at once, above 0 and below 1
 * @param maxChallengers how many challengers may run at once
 * @param comparisonsRetention how long the counts of a pair are kept that do not change
 */
public record ChallengeSettings(double alpha, int maxChallengers, Duration comparisonsRetention) {
    public static final ChallengeSettings DEFAULT = new ChallengeSettings(0.05, 1, Duration.ofDays(30));

    public ChallengeSettings {
        if (!(alpha > 0 && alpha < 1)) {
            throw new IllegalArgumentException(
                    "challenge.alpha is " + alpha + "; set it to a number above 0 and below 1");
        }
    }
}
