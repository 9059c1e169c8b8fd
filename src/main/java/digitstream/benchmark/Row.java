package digitstream.benchmark;

import java.util.List;

/**
 * One row of the table of throughputs.
 *
 * @param id names it in {@code --rows} and in the JSON
 * @param title for people
 * @param output what is counted
 * @param program what runs
 */
record Row(String id, String title, Output output, Program program) {
    /** What a row's output is counted by. */
    enum Output {
        /** The predictions of all images. */
        PREDICTIONS,
        /** The predictions of a twentieth of the images, for what is much slower than the rest. */
        FEW_PREDICTIONS,
        /** The scored images, of predictions and labels that were produced before. */
        SCORES,
        /** Predictions and scores. */
        BOTH
    }

    /** A program that a row runs. */
    interface Program {
        /**
         * Returns the arguments of {@code java}.
         *
         * @throws SkippedException if it can't run here
         */
        List<String> arguments(RunContext run);
    }

    /** Thrown for a row that can't run here. The message says why, and what to do about it. */
    static final class SkippedException extends RuntimeException {
        private static final long serialVersionUID = 1;

        SkippedException(String message) {
            super(message);
        }
    }
}
