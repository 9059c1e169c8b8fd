package digitstream.benchmark.result;

import java.util.Optional;

/**
 * The state of scoring after some traffic.
 *
 * @param minutes of traffic
 * @param images in that traffic
 * @param problem why there are no figures, or an empty string
 * @param size absent if there is a problem
 */
public record StateOutcome(int minutes, int images, String problem, Optional<Size> size) {
    /**
     * What the state takes.
     *
     * @param diskBytes in the state directory, after {@code kill -9}
     * @param changelogBytes of the changelog topics in the brokers' logs, of one replica
     * @param emptyStartSeconds from the start of the process to when it consumes, before there was any state
     * @param restartSeconds the same after {@code kill -9}, with the state directory
     * @param restoreSeconds the same after {@code kill -9}, with an empty state directory: all is read from the changelog
     */
    public record Size(
            long diskBytes,
            long changelogBytes,
            double emptyStartSeconds,
            double restartSeconds,
            double restoreSeconds) {}

    public static StateOutcome of(int minutes, int images, Size size) {
        return new StateOutcome(minutes, images, "", Optional.of(size));
    }

    public static StateOutcome failed(int minutes, int images, String problem) {
        return new StateOutcome(minutes, images, problem, Optional.empty());
    }
}
