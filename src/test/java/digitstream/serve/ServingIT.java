package digitstream.serve;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import digitstream.common.Digits;
import digitstream.model.Classifier;
import digitstream.model.LoadedModel;
import digitstream.model.ModelArtifact;
import digitstream.settings.Settings;
import digitstream.streams.Polling;
import digitstream.streams.RecordGate;
import digitstream.testing.Environment;
import digitstream.testing.RefusedConsumers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
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
            serving.classify(builder.build(), properties, RecordGate.OPEN, Polling.ONE_BY_ONE);
            producer.send(new ProducerRecord<>(settings.topics().images(), "an image".getBytes(UTF_8)));
            assertThatThrownBy(() -> serving.runUntil(ServingIT::doNotStop, () -> {}))
                    .isInstanceOf(ServeException.class)
                    .hasMessageMatching(
                            "the topology 'classifying' has failed \\(RUNNING, 0 of 1 stream threads; a stream"
                                    + " thread failed \\d+ s ago: IllegalStateException: unreplaced, at offset 0 of \\S+\\);"
                                    + " see the log above for the cause");
        }
    }

    @Test
    @Timeout(120)
    void keepsTheModelWhileAThreadThatDoesNotStopMayUseIt(Environment environment) throws Exception {
        Settings settings = Settings.parse(environment.freshTopics());
        CountDownLatch hanging = new CountDownLatch(1);
        CountDownLatch released = new CountDownLatch(1);
        StreamsBuilder builder = new StreamsBuilder();
        builder.stream(settings.topics().images(), Consumed.with(Serdes.ByteArray(), Serdes.String()))
                .foreach((key, value) -> {
                    hanging.countDown();
                    awaitUninterruptibly(released);
                });
        Properties properties = StreamsConfiguration.classify(settings, environment.clients());
        properties.put("state.dir", folder.toString());
        properties.put("num.stream.threads", 1);
        LoadedModel model = LoadedModel.load(ModelArtifact.open(environment.model()));
        Serving serving = new Serving(true, false);
        try (Producer<byte[], byte[]> producer = environment.producer()) {
            serving.use(model, () -> true, () -> "loaded");
            serving.classify(builder.build(), properties, RecordGate.OPEN, Polling.ONE_BY_ONE);
            producer.send(new ProducerRecord<>(settings.topics().images(), 0, null, "hang".getBytes(UTF_8)));
            assertThat(hanging.await(60, TimeUnit.SECONDS)).isTrue();

            assertThatThrownBy(() -> serving.close(Duration.ofSeconds(2)))
                    .isInstanceOf(ServeException.class)
                    .hasMessageStartingWith("the topology 'classifying' did not stop within 2 s")
                    .satisfies(failure ->
                            assertThat(ServeException.leavesThreads(failure)).isTrue());
            try (Classifier classifier = model.newClassifier()) {
                assertThat(classifier.classify(List.of(new byte[Digits.PIXELS])))
                        .hasSize(Digits.CLASSES);
            }
        } finally {
            released.countDown();
            model.close();
        }
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts a stream thread", e);
        }
    }

    private static boolean doNotStop(long millis) throws InterruptedException {
        Thread.sleep(millis);
        return false;
    }
}
