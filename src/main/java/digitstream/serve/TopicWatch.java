package digitstream.serve;

import digitstream.client.TopicAdmin;
import digitstream.client.TopicDescriptions;
import digitstream.streams.ThreadFailures;
import digitstream.streams.TopologyTopics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Uuid;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches the topics of the running topologies. Kafka Streams itself waits for minutes for a topic that was deleted, and fails
 * again and again on one whose number of partitions has changed. A topic that the process may not describe is not watched, and
 * brokers that do not answer say nothing about the topics. Thread-safe.
 */
final class TopicWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TopicWatch.class);
    private static final Duration INTERVAL = Duration.ofSeconds(5);
    /** Brokers learn of changes one after the other, so a missing topic is looked for again. */
    private static final Duration CONFIRMATION = Duration.ofSeconds(2);

    private final Admin admin;
    private final List<TopologyTopics> topologies = new CopyOnWriteArrayList<>();
    private final Map<String, Uuid> ids = new HashMap<>();
    private final Thread thread = new Thread(this::run, "topic-watch");
    private Set<String> suspected = Set.of();
    private volatile Optional<Fault> fault = Optional.empty();

    /**
     * A state of the topics in which the topologies can't go on.
     *
     * @param sentence the cause and the remedy
     * @param atOnce whether the topologies would fail and not only wait
     */
    record Fault(String sentence, boolean atOnce) {}

    /** Uses an admin client, but does not close it. */
    TopicWatch(Admin admin) {
        this.admin = admin;
        thread.setDaemon(true);
    }

    /**
     * Adds the topics of a topology that is about to start.
     *
     * @throws ServeException if it can't run on them
     */
    void add(String name, TopologyTopics topics) throws InterruptedException {
        topologies.add(topics);
        check();
        if (fault.isPresent()) {
            throw new ServeException("the topology '" + name + "' can't be started: "
                    + fault.get().sentence());
        }
    }

    void start() {
        thread.start();
    }

    Optional<Fault> fault() {
        return fault;
    }

    private void run() {
        try {
            while (fault.isEmpty()) {
                Thread.sleep((suspects() ? CONFIRMATION : INTERVAL).toMillis());
                try {
                    check();
                } catch (KafkaException e) {
                    LOG.debug("The brokers do not tell the state of the topics", e);
                }
            }
            LOG.error("The topologies can't go on: {}", fault.get().sentence());
        } catch (InterruptedException e) {
            // The process is being closed.
            Thread.currentThread().interrupt();
        }
    }

    private synchronized boolean suspects() {
        return !suspected.isEmpty();
    }

    /** Looks once. A fault stays, because the topologies do not recover from it. */
    synchronized void check() throws InterruptedException {
        Set<String> names = new TreeSet<>();
        topologies.forEach(topology -> names.addAll(topology.all()));
        TopicDescriptions now = TopicDescriptions.of(admin, names);
        if (fault.isEmpty()) {
            fault = wrongPartitions(now).map(sentence -> new Fault(sentence, true));
        }
        if (fault.isEmpty()) {
            fault = replaced(now).map(sentence -> new Fault(sentence, false));
        }
    }

    private Optional<String> wrongPartitions(TopicDescriptions now) {
        Map<String, Integer> partitions = new HashMap<>();
        now.found()
                .forEach((topic, description) ->
                        partitions.put(topic, description.partitions().size()));
        List<String> faults = new ArrayList<>();
        for (TopologyTopics topology : topologies) {
            topology.subtopologies().forEach(part -> TopicAdmin.unequalPartitions(
                            now,
                            part.sources().stream()
                                    .filter(topic -> !topology.isInternal(topic))
                                    .toList())
                    .ifPresent(faults::add));
            topology.internalPartitions(partitions).forEach((topic, needed) -> {
                int actual = Objects.requireNonNull(partitions.get(topic));
                if (actual != needed) {
                    faults.add(ThreadFailures.wrongPartitions(topic, actual, needed, topology.applicationId()));
                }
            });
        }
        // One cause shows in several topics; the first sentence has the way out.
        return faults.stream().findFirst();
    }

    private Optional<String> replaced(TopicDescriptions now) {
        Set<String> missing = new HashSet<>();
        for (String topic : ids.keySet()) {
            if (now.isMissing(topic)) {
                missing.add(topic);
            }
        }
        Optional<String> deleted =
                missing.stream().filter(suspected::contains).sorted().findFirst();
        suspected = Set.copyOf(missing);
        if (deleted.isPresent()) {
            return Optional.of("topic '" + deleted.get() + "' has been deleted while it is in use; "
                    + (isInternal(deleted.get())
                            ? "its content is lost, so start under a new application id"
                            : "create it with `digitstream topics create` and start again"));
        }
        for (TopicDescription topic : now.found().values()) {
            Uuid before = ids.put(topic.name(), topic.topicId());
            // Brokers before 2.8 do not tell the id.
            if (before != null && !before.equals(Uuid.ZERO_UUID) && !before.equals(topic.topicId())) {
                return Optional.of("topic '" + topic.name()
                        + "' has been deleted and created again while it is in use; start again to use the new one");
            }
        }
        return Optional.empty();
    }

    private boolean isInternal(String topic) {
        return topologies.stream().anyMatch(topology -> topology.isInternal(topic));
    }

    /** Stops watching. Does not wait for an answer of the brokers that is under way. */
    @Override
    public void close() {
        thread.interrupt();
    }
}
