package digitstream.challenge;

import digitstream.common.Digits;
import java.util.SplittableRandom;

/** Two models that classify images, with errors partly in common. Holds the answers for the latest image. */
final class SimulatedModels {
    private final double championError;
    private final double challengerError;
    private final double bothWrong;

    private int actual;
    private int championPrediction;
    private int challengerPrediction;

    /**
     * @param common share of the errors of the better model that the other model makes, too
     */
    SimulatedModels(double championError, double challengerError, double common) {
        this.championError = championError;
        this.challengerError = challengerError;
        this.bothWrong = common * Math.min(championError, challengerError);
    }

    /** A champion with an accuracy of 97 to 99.5 %, a challenger with less errors by a share, 20 to 80 % of the errors in common. */
    static SimulatedModels random(SplittableRandom random, double gain) {
        double error = random.nextDouble(0.005, 0.03);
        return new SimulatedModels(error, Math.max(0.001, error - gain), random.nextDouble(0.2, 0.8));
    }

    /** Classifies the next image. */
    void classify(SplittableRandom random) {
        double draw = random.nextDouble();
        boolean championWrong = draw < championError;
        boolean challengerWrong =
                draw < bothWrong || (draw >= championError && draw < championError + challengerError - bothWrong);
        answer(random, championWrong, challengerWrong);
    }

    /** Classifies the next image on which the two models give different answers, and returns how many images on it is. */
    int classifyUntilTheyDiffer(SplittableRandom random) {
        // Two wrong answers are the same one with a probability of 1/3.
        double onlyOne = championError + challengerError - 2 * bothWrong;
        double rate = onlyOne + bothWrong * 2 / 3;
        int images = 1 + (int) Math.min(1e8, Math.log(1 - random.nextDouble()) / Math.log1p(-rate));
        double draw = random.nextDouble(rate);
        if (draw < onlyOne) {
            boolean championWrong = draw < championError - bothWrong;
            answer(random, championWrong, !championWrong);
        } else {
            do {
                answer(random, true, true);
            } while (championPrediction == challengerPrediction);
        }
        return images;
    }

    private void answer(SplittableRandom random, boolean championWrong, boolean challengerWrong) {
        actual = random.nextInt(Digits.CLASSES);
        championPrediction = championWrong ? mistake(random, actual) : actual;
        challengerPrediction = challengerWrong ? mistake(random, actual) : actual;
    }

    /** Another digit: for half of the images, the one that resembles this one most. */
    static int mistake(SplittableRandom random, int digit) {
        int step = random.nextBoolean() ? 1 : 1 + random.nextInt(Digits.CLASSES - 1);
        return (digit + step) % Digits.CLASSES;
    }

    int actual() {
        return actual;
    }

    int championPrediction() {
        return championPrediction;
    }

    int challengerPrediction() {
        return challengerPrediction;
    }

    boolean championRight() {
        return championPrediction == actual;
    }

    boolean challengerRight() {
        return challengerPrediction == actual;
    }

    double championAccuracy() {
        return 1 - championError;
    }

    /** The challenger's accuracy minus the champion's. */
    double difference() {
        return championError - challengerError;
    }

    /** The share of images that only the challenger classifies correctly. */
    double onlyChallenger() {
        return championError - bothWrong;
    }

    /** The share of images that only the champion classifies correctly. */
    double onlyChampion() {
        return challengerError - bothWrong;
    }
}
