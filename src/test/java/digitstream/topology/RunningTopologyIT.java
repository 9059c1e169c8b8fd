package digitstream.topology;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import digitstream.testing.Await;
import digitstream.testing.Environment;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Properties;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.kstream.Consumed;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What a topology says of its health while its threads die. */
@ExtendWith(Environment.Extension.class)
class RunningTopologyIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private Path folder;

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

    /** A topology that throws what a record's value names. */
    private RunningTopology start(Environment environment, Settings settings) {
        StreamsBuilder builder = new StreamsBuilder();
        builder.stream(settings.topics().images(), Consumed.with(Serdes.ByteArray(), Serdes.String()))
                .foreach((key, value) -> {
                    if (value.equals("error")) {
                        throw new AssertionError("for good");
                    }
                });
        Properties properties = StreamsConfiguration.classify(settings, environment.clients());
        properties.put("state.dir", folder.toString());
        return RunningTopology.start("classifying", builder.build(), properties, Clock.systemUTC(), meters);
    }

    @Test
    void isReadyOnceItRunsAndNoLongerLiveWhenAThreadHasDiedForGood(Environment environment) throws Exception {
        Settings settings = Settings.parse(environment.freshTopics());
        try (RunningTopology topology = start(environment, settings);
                Producer<byte[], byte[]> producer = environment.producer()) {
            assertThat(topology.isRunning()).isFalse();
            assertThat(topology.isLive()).isTrue();
            Await.until("it runs", PATIENCE, topology::isRunning);
            assertThat(topology.isLive()).isTrue();
            assertThat(running()).isEqualTo(1);

            producer.send(new ProducerRecord<>(settings.topics().images(), null, "error".getBytes(UTF_8)));

            Await.until("it lives no longer", PATIENCE, () -> !topology.isLive());
            assertThat(topology.isRunning()).isFalse();
            assertThat(running()).isZero();
            Await.until("it says so", PATIENCE, () -> topology.ended().isDone());
            assertThat(topology.ended().join())
                    .hasValueSatisfying(cause -> assertThat(cause).hasStackTraceContaining("for good"));
        }
        assertThat(meters.find("digits.topology.running").gauge()).isNull();
    }

    private double running() {
        return meters.get("digits.topology.running").gauge().value();
    }
}
