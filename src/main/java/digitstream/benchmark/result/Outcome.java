package digitstream.benchmark.result;

import java.util.Optional;

/** What one run of a row gave. */
public sealed interface Outcome {
    /** Returns why there is no figure, in words that stand in its place. */
    default Optional<String> problem() {
        if (this instanceof Inexact inexact) {
            return Optional.of("void: " + inexact.fault());
        }
        if (this instanceof Failed failed) {
            return Optional.of("failed: " + failed.reason());
        }
        return this instanceof Skipped skipped ? Optional.of(skipped.reason()) : Optional.empty();
    }

    /**
     * It was measured, and each image was counted exactly once.
     *
     * @param perSecond images a second
     */
    record Measured(double perSecond) implements Outcome {}

    /**
     * It is void: an image is missing or was counted twice.
     *
     * @param fault which
     */
    record Inexact(String fault) implements Outcome {}

    /**
     * It did not run to its end.
     *
     * @param reason in one line
     */
    record Failed(String reason) implements Outcome {}

    /**
     * It can't run here.
     *
     * @param reason and what to do about it, in one line
     */
    record Skipped(String reason) implements Outcome {}
}
