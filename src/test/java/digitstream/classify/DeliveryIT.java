package digitstream.classify;

import static org.assertj.core.api.Assertions.assertThat;

import digitstream.avro.Prediction;
import digitstream.client.CommittedReader;
import digitstream.client.ProducePlan;
import digitstream.local.ServeProcess;
import digitstream.serde.AvroDecoder;
import digitstream.serde.Decoded;
import digitstream.settings.Settings;
import digitstream.testing.CommandLineProcess;
import digitstream.testing.Deliveries;
import digitstream.testing.Environment;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Tests what the classifying topology promises, on a real broker, with a real model in real processes: no image is lost, and under
 * exactly-once none is predicted twice, whatever happens to the classifying processes.
 */
@ExtendWith(Environment.Extension.class)
class DeliveryIT {
    /** Produced more slowly than images are classified, so that each step has work and leaves a backlog. */
    private static final int STEADY = 140_000;

    private static final double STEADY_RATE = 10_000;
    private static final int BURST = 60_000;
    private static final int IMAGES = STEADY + BURST;
    private static final int ALONE = 25;
    private static final Duration TIMEOUT = Duration.ofSeconds(150);

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"at_least_once", "exactly_once_v2"})
    void predictsEachImageThroughCommitsRestartsRebalancesAndACrash(String guarantee, Environment environment)
            throws Exception {
        Map<String, String> given = new HashMap<>(environment.freshTopics());
        given.put("processing.guarantee", guarantee);
        // The minimum that the broker allows, so that a crash is detected soon.
        given.put("consumer.session.timeout.ms", "6000");
        given.put("producer.transaction.timeout.ms", "5000");
        // Many images in one call, so that a crash hits a batch.
        given.put("batch.max.size", "512");
        Settings settings = Settings.parse(given);
        CompletableFuture<Void> producing =
                CompletableFuture.runAsync(() -> environment.produce(settings, plan("steady-", STEADY, STEADY_RATE)));

        try (Deliveries predictions =
                new Deliveries(environment.clients(), settings.topics().predictions())) {
            try (ServeProcess first = serve(environment, given, "a")) {
                predictions.awaitKeys(20_000, TIMEOUT);
                assertThat(first.process().isAlive()).isTrue();
            }
            ServeProcess crashing = serve(environment, given, "a");
            try {
                predictions.awaitKeys(60_000, TIMEOUT);
                try (ServeProcess joining = serve(environment, given, "b")) {
                    predictions.awaitKeys(90_000, TIMEOUT);
                    assertThat(joining.process().isAlive()).isTrue();
                }
                predictions.awaitKeys(STEADY, TIMEOUT);
                producing.join();
                // More images than can be classified before the crash.
                producing = CompletableFuture.runAsync(
                        () -> environment.produce(settings, plan("burst-", BURST, Double.POSITIVE_INFINITY)));
                predictions.awaitKeys(STEADY + 5_000, TIMEOUT);
            } finally {
                crashing.process().kill();
            }
            predictions.readOn(Duration.ofMillis(500));
            assertThat(predictions.keys()).as("predicted before the crash").isLessThan(IMAGES);
            try (ServeProcess last = serve(environment, given, "a")) {
                producing.join();
                predictions.awaitKeys(IMAGES, TIMEOUT);
                predictions.readOn(Duration.ofSeconds(2));
                assertThat(last.process().isAlive()).isTrue();
            }
            predictions.readOn(Duration.ofSeconds(1));
            if (guarantee.equals("exactly_once_v2")) {
                predictions.assertExactlyOnce(IMAGES);
            } else {
                predictions.assertAtLeastOnce(IMAGES);
            }
        }
    }

    /** Kafka Streams looks at timers only between polls, which an image that comes alone must not wait for. */
    @ParameterizedTest
    @ValueSource(strings = {"at_least_once", "exactly_once_v2"})
    void predictsAnImageThatComesAloneAtOnce(String guarantee, Environment environment) throws Exception {
        Map<String, String> given = new HashMap<>(environment.freshTopics());
        given.put("processing.guarantee", guarantee);
        Settings settings = Settings.parse(given);
        AvroDecoder<Prediction> decoder = new AvroDecoder<>(environment.schemas(), Prediction.class);
        List<Long> classifiedMillis = new ArrayList<>();
        List<Long> readableMillis = new ArrayList<>();
        try (ServeProcess serve = serve(environment, given, "alone");
                CommittedReader reader = new CommittedReader(
                        environment.clients(), List.of(settings.topics().predictions()), true)) {
            CompletableFuture<Void> producing =
                    CompletableFuture.runAsync(() -> environment.produce(settings, plan("alone-", ALONE, 5)));
            while (readableMillis.size() < ALONE) {
                assertThat(serve.process().isAlive()).isTrue();
                for (ConsumerRecord<byte[], byte[]> record : reader.poll(Duration.ofSeconds(1))) {
                    long now = System.currentTimeMillis();
                    Prediction prediction =
                            ((Decoded.Value<Prediction>) decoder.decode(record.headers(), record.value())).value();
                    long eventMillis = prediction.getEventTime().toEpochMilli();
                    classifiedMillis.add(prediction.getPredictedAt().toEpochMilli() - eventMillis);
                    readableMillis.add(now - eventMillis);
                }
            }
            producing.join();
        }
        assertThat(median(classifiedMillis)).as("milliseconds until classified").isLessThan(25);
        assertThat(median(readableMillis)).as("milliseconds until readable").isLessThan(60);
    }

    private static long median(List<Long> values) {
        return values.stream().sorted().toList().get(values.size() / 2);
    }

    private static ProducePlan plan(String idPrefix, int images, double imagesPerSecond) {
        return new ProducePlan(true, false, imagesPerSecond, images, Duration.ZERO, 1, idPrefix);
    }

    private ServeProcess serve(Environment environment, Map<String, String> settings, String instance)
            throws Exception {
        List<String> arguments =
                environment.serveArguments(folder.resolve("state-" + instance), settings, "--only", "classify");
        ServeProcess serve =
                ServeProcess.start(CommandLineProcess.home(), arguments, folder.resolve("serve-" + instance + ".log"));
        serve.awaitReady();
        return serve;
    }
}
