package digitstream.testing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;
import org.apache.kafka.streams.Topology;

/** The descriptions that the topologies had when they first kept state, as {@code topologies/NAME.txt} in the test resources. */
public final class TopologyDescriptions {
    private TopologyDescriptions() {}

    /** Fails when the topology is described differently. */
    public static void assertSame(String name, Topology topology) {
        try (InputStream golden = TopologyDescriptions.class.getResourceAsStream("/topologies/" + name + ".txt")) {
            assertThat(topology.describe().toString().strip())
                    .isEqualTo(new String(Objects.requireNonNull(golden).readAllBytes(), UTF_8).strip());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
