package digitstream.serve;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import digitstream.settings.Settings;
import digitstream.streams.RecordGate;
import digitstream.testing.Environment;
import digitstream.testing.RefusedConsumers;
import java.nio.file.Path;
import java.util.Properties;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.kstream.Consumed;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A serving process whose topology can no longer make progress but does not stop either. */
@ExtendWith(Environment.Extension.class)
class ServingIT {
    @TempDir
    private Path folder;

    @AfterEach
    void acceptConsumers() {
        RefusedConsumers.refuse(false);
    }

    @Test
    @Timeout(120)
    void failsWhenAStreamThreadIsNotReplaced(Environment environment) throws Exception {
        Settings settings = Settings.parse(environment.freshTopics());
        StreamsBuilder builder = new StreamsBuilder();
        builder.stream(settings.topics().images(), Consumed.with(Serdes.ByteArray(), Serdes.ByteArray()))
                .foreach((key, value) -> {
                    RefusedConsumers.refuse(true);
                    throw new IllegalStateException("unreplaced");
                });
        Properties properties = StreamsConfiguration.classify(settings, environment.clients());
        properties.put("state.dir", folder.toString());
        // A second thread would take over the record and die of it too.
        properties.put("num.stream.threads", 1);
        properties.putAll(RefusedConsumers.ADMISSION);
        try (Serving serving = new Serving(true, false);
                Producer<byte[], byte[]> producer = environment.producer()) {
            serving.classify(builder.build(), properties, RecordGate.OPEN);
            producer.send(new ProducerRecord<>(settings.topics().images(), "an image".getBytes(UTF_8)));
            assertThatThrownBy(() -> serving.runUntil(ServingIT::doNotStop, () -> {}))
                    .isInstanceOf(ServeException.class)
                    .hasMessage("the topology 'classifying' has failed (RUNNING, 0 of 1 stream threads); see the log"
                            + " above for the cause");
        }
    }

    private static boolean doNotStop(long millis) throws InterruptedException {
        Thread.sleep(millis);
        return false;
    }
}
