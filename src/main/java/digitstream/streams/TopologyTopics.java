package digitstream.streams;

import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.streams.TopologyDescription;

/**
 * The topics that a topology uses, as its description tells them.
 *
 * @param applicationId the prefix of the internal topics
 * @param sources the topics that it reads, without the internal ones
 * @param sinks the topics that it writes to, without the internal ones
 * @param repartitions the names of its repartition topics
 * @param subtopologies its parts, each of which runs one task per partition
 */
public record TopologyTopics(
        String applicationId,
        Set<String> sources,
        Set<String> sinks,
        Set<String> repartitions,
        List<Subtopology> subtopologies) {

    /**
     * A part of a topology.
     *
     * @param sources the topics that it reads, including internal ones
     * @param changelogs the names that its stores' changelog topics have, if the stores are logged
     */
    public record Subtopology(Set<String> sources, Set<String> changelogs) {
        public Subtopology {
            sources = Set.copyOf(sources);
            changelogs = Set.copyOf(changelogs);
        }
    }

    public TopologyTopics {
        sources = Set.copyOf(sources);
        sinks = Set.copyOf(sinks);
        repartitions = Set.copyOf(repartitions);
        subtopologies = List.copyOf(subtopologies);
    }

    /** Reads the topics from a description. */
    public static TopologyTopics of(TopologyDescription description, String applicationId) {
        Set<String> read = new LinkedHashSet<>();
        Set<String> written = new LinkedHashSet<>();
        for (TopologyDescription.Subtopology part : description.subtopologies()) {
            for (TopologyDescription.Node node : part.nodes()) {
                if (node instanceof TopologyDescription.Source source && source.topicSet() != null) {
                    read.addAll(source.topicSet());
                } else if (node instanceof TopologyDescription.Sink sink && sink.topic() != null) {
                    written.add(sink.topic());
                }
            }
        }
        // A topic that the same topology writes and reads is a repartition topic. Its description lacks the prefix.
        Set<String> internal = new HashSet<>(read);
        internal.retainAll(written);
        Set<String> repartitions = new TreeSet<>();
        internal.forEach(topic -> repartitions.add(applicationId + "-" + topic));
        List<Subtopology> parts = description.subtopologies().stream()
                .map(part -> part(part, internal, applicationId))
                .toList();
        read.removeAll(internal);
        written.removeAll(internal);
        return new TopologyTopics(applicationId, read, written, repartitions, parts);
    }

    private static Subtopology part(TopologyDescription.Subtopology part, Set<String> internal, String applicationId) {
        Set<String> sources = new HashSet<>();
        Set<String> changelogs = new HashSet<>();
        for (TopologyDescription.Node node : part.nodes()) {
            if (node instanceof TopologyDescription.Source source && source.topicSet() != null) {
                source.topicSet()
                        .forEach(topic -> sources.add(internal.contains(topic) ? applicationId + "-" + topic : topic));
            } else if (node instanceof TopologyDescription.Processor processor) {
                processor.stores().forEach(store -> changelogs.add(applicationId + "-" + store + "-changelog"));
            }
        }
        return new Subtopology(sources, changelogs);
    }

    /** Whether Kafka Streams creates this topic for the topology. */
    public boolean isInternal(String topic) {
        return topic.startsWith(applicationId + "-");
    }

    /** The names of all topics, including changelog topics that may not exist because their stores are not logged. */
    public Set<String> all() {
        Set<String> all = new TreeSet<>(sources);
        all.addAll(sinks);
        all.addAll(repartitions);
        subtopologies.forEach(part -> all.addAll(part.changelogs()));
        return all;
    }

    /**
     * Returns how many partitions each existing internal topic needs. A repartition topic that is read together with other
     * topics needs as many as those. A changelog topic needs as many as the topics whose records its tasks read. Otherwise
     * Kafka Streams refuses to start the tasks.
     *
     * @param partitions the partitions of the topics that exist
     */
    public Map<String, Integer> internalPartitions(Map<String, Integer> partitions) {
        Map<String, Integer> needed = new LinkedHashMap<>();
        for (Subtopology part : subtopologies) {
            List<String> given =
                    part.sources().stream().filter(topic -> !isInternal(topic)).toList();
            Collection<String> deciding = given.isEmpty() ? part.sources() : given;
            int tasks = deciding.stream()
                    .mapToInt(topic -> partitions.getOrDefault(topic, 0))
                    .max()
                    .orElse(0);
            if (tasks > 0) {
                Set<String> internal = new TreeSet<>(part.sources());
                internal.removeAll(deciding);
                internal.addAll(part.changelogs());
                internal.stream().filter(partitions::containsKey).forEach(topic -> needed.put(topic, tasks));
            }
        }
        return needed;
    }
}
