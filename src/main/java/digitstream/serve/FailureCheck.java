package digitstream.serve;

import digitstream.common.Causes;
import digitstream.streams.RunningTopology;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.streams.errors.MissingSourceTopicException;

/** Decides when a serving process must end because it can't do its work any more. Used by one thread. */
final class FailureCheck {
    /** The time between two checks. */
    static final long INTERVAL_MILLIS = 200;

    /** Ten seconds, longer than it takes to replace a thread, or to shut down after a failure and report it. */
    private static final int MAX_CHECKS_NOT_LIVE = 50;

    private final List<RunningTopology> topologies;
    private final Optional<TopicWatch> watch;
    private int checksNotLive;

    FailureCheck(List<RunningTopology> topologies, Optional<TopicWatch> watch) {
        this.topologies = List.copyOf(topologies);
        this.watch = watch;
    }

    /**
     * Looks once; call it every {@value #INTERVAL_MILLIS} milliseconds.
     *
     * @return why the process must end now, for the user; empty if it goes on
     */
    Optional<ServeException> check() {
        Optional<ServeException> certain = topologies.stream()
                .flatMap(topology -> stopped(topology).stream())
                .findFirst()
                .or(this::unfitTopics);
        if (certain.isPresent()) {
            return certain;
        }
        // The watch names the deleted topic, the topology only those that it reads.
        Optional<ServeException> notLive = deletedTopic().or(() -> topologies.stream()
                .filter(topology -> !topology.isLive())
                .findFirst()
                .map(FailureCheck::notLive));
        // Checks, not time: a process that was suspended for ten seconds has not been without a live topology for that
        // long.
        checksNotLive = notLive.isPresent() ? checksNotLive + 1 : 0;
        return notLive.filter(failure -> checksNotLive > MAX_CHECKS_NOT_LIVE);
    }

    private static Optional<ServeException> stopped(RunningTopology topology) {
        Optional<Throwable> fatal = topology.fatalFailure();
        boolean topicDeleted = fatal.flatMap(cause -> Causes.first(cause, MissingSourceTopicException.class))
                .isPresent();
        if (topicDeleted || (fatal.isEmpty() && !topology.ended().isDone())) {
            return Optional.empty();
        }
        Throwable cause = fatal.orElseGet(() -> new IllegalStateException("shut down"));
        return Optional.of(new ServeException(
                "the topology '" + topology.name() + "' has stopped: "
                        + topology.failed().orElse("it was shut down; see the log above for the cause"),
                cause));
    }

    private Optional<ServeException> unfitTopics() {
        return watch.flatMap(TopicWatch::fault)
                .filter(TopicWatch.Fault::atOnce)
                .map(fault -> new ServeException(fault.sentence()));
    }

    /** Not at once, so that the health checks can tell the reason before the process ends. */
    private Optional<ServeException> deletedTopic() {
        return watch.flatMap(TopicWatch::fault).map(fault -> new ServeException(fault.sentence()));
    }

    private static ServeException notLive(RunningTopology topology) {
        return new ServeException("the topology '" + topology.name() + "' has failed (" + topology.describe() + ")"
                + (topology.failed().isPresent() ? "" : "; see the log above for the cause"));
    }
}
