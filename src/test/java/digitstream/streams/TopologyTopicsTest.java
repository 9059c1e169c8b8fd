package digitstream.streams;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.kstream.Named;
import org.apache.kafka.streams.kstream.Repartitioned;
import org.junit.jupiter.api.Test;

class TopologyTopicsTest {
    private static TopologyTopics topics() {
        StreamsBuilder builder = new StreamsBuilder();
        builder.stream(List.of("a", "b"))
                .repartition(Repartitioned.as("sums"))
                .groupByKey()
                .count(Named.as("count"), Materialized.as("counts"))
                .toStream()
                .to("out");
        return TopologyTopics.of(builder.build().describe(), "app");
    }

    @Test
    void tellsTheTopicsOfATopologyFromTheInternalOnes() {
        TopologyTopics topics = topics();
        assertThat(topics.sources()).containsExactlyInAnyOrder("a", "b");
        assertThat(topics.sinks()).containsExactly("out");
        assertThat(topics.repartitions()).containsExactly("app-sums-repartition");
        assertThat(topics.all())
                .containsExactlyInAnyOrder("a", "b", "out", "app-sums-repartition", "app-counts-changelog");
        assertThat(topics.isInternal("app-counts-changelog")).isTrue();
        assertThat(topics.isInternal("a")).isFalse();
    }

    @Test
    void knowsHowManyPartitionsARepartitionTopicNeedsThatIsReadWithOthers() {
        StreamsBuilder builder = new StreamsBuilder();
        KStream<Object, Object> given = builder.stream("a");
        given.merge(given.repartition(Repartitioned.as("detour"))).to("out");
        TopologyTopics topics = TopologyTopics.of(builder.build().describe(), "app");

        assertThat(topics.internalPartitions(Map.of("a", 8, "app-detour-repartition", 4)))
                .isEqualTo(Map.of("app-detour-repartition", 8));
    }

    @Test
    void knowsHowManyPartitionsAChangelogTopicNeeds() {
        assertThat(topics().internalPartitions(
                                Map.of("a", 8, "b", 8, "app-sums-repartition", 3, "app-counts-changelog", 2)))
                .isEqualTo(Map.of("app-counts-changelog", 3));
        assertThat(topics().internalPartitions(Map.of("a", 8, "b", 8, "app-sums-repartition", 3)))
                .isEmpty();
        assertThat(topics().internalPartitions(Map.of("app-counts-changelog", 2)))
                .isEmpty();
    }
}
