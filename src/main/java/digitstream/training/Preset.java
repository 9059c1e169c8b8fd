package digitstream.training;

import digitstream.training.TrainingSettings.Division;
import digitstream.training.TrainingSettings.Optimiser;
import digitstream.training.TrainingSettings.Schedule;

/** Tested training settings; docs/decisions/006 has their accuracy. */
public enum Preset {
    /** Exactly the tutorial's settings: plain SGD, 1,000 epochs, tested on 500 images. */
    TUTORIAL,
    /** The same network; trains in less than a minute on two processors. */
    FAST,
    /** A larger network; trains in minutes. */
    BEST;

    private static final long SEED = 1;

    /** Returns the preset's settings, with seed 1. */
    public TrainingSettings settings() {
        return switch (this) {
            case TUTORIAL ->
                new TrainingSettings(
                        "tutorial",
                        Architecture.LENET,
                        Division.TUTORIAL,
                        1_000,
                        100,
                        Optimiser.SGD,
                        0.01,
                        Schedule.CONSTANT,
                        0,
                        null,
                        SEED);
            case FAST ->
                new TrainingSettings(
                        "fast",
                        Architecture.LENET,
                        Division.HELD_OUT,
                        16,
                        100,
                        Optimiser.ADAMW,
                        0.004,
                        Schedule.ONE_CYCLE,
                        0,
                        new Augmentation(10, 0.1, 0.1, 1.5, 0),
                        SEED);
            case BEST ->
                new TrainingSettings(
                        "best",
                        Architecture.CONVNET,
                        Division.HELD_OUT,
                        20,
                        100,
                        Optimiser.ADAMW,
                        0.003,
                        Schedule.ONE_CYCLE,
                        0.01,
                        new Augmentation(10, 0.1, 0.1, 1.5, 0.4),
                        SEED);
        };
    }
}
