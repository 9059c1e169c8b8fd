package digitstream.serve;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import digitstream.client.ProducePlan;
import digitstream.client.TopicAdmin;
import digitstream.client.TopicDescriptions;
import digitstream.local.ServeProcess;
import digitstream.model.ModelArtifact;
import digitstream.settings.Settings;
import digitstream.streams.TopologyTopics;
import digitstream.testing.Await;
import digitstream.testing.CommandLineProcess;
import digitstream.testing.Deliveries;
import digitstream.testing.Environment;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Deletes topics, and changes their number of partitions, under a serving process. */
@ExtendWith(Environment.Extension.class)
class TopicChangesIT {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    @TempDir
    private Path folder;

    private final HttpClient http = HttpClient.newHttpClient();

    private static void delete(Admin admin, String topic) throws Exception {
        admin.deleteTopics(List.of(topic)).all().get();
        Await.until(topic + " is gone", TIMEOUT, () -> TopicDescriptions.of(admin, List.of(topic))
                .isMissing(topic));
    }

    private static void grow(Admin admin, String topic, int partitions) throws Exception {
        admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(partitions)))
                .all()
                .get();
        Await.until(
                topic + " has grown",
                TIMEOUT,
                () -> TopicDescriptions.of(admin, List.of(topic))
                                .found()
                                .get(topic)
                                .partitions()
                                .size()
                        == partitions);
    }

    private static TopologyTopics scoring(Settings settings) {
        Set<String> sources =
                Set.of(settings.topics().predictions(), settings.topics().labels());
        return new TopologyTopics(
                settings.scoreApplicationId(),
                sources,
                Set.of(settings.topics().accuracy(), settings.topics().deadLetters()),
                Set.of(),
                List.of(new TopologyTopics.Subtopology(sources, Set.of())));
    }

    @ParameterizedTest
    @ValueSource(strings = {"predictions", "labels", "accuracy", "dead-letters"})
    void noticesThatATopicHasBeenDeleted(String name, Environment environment) throws Exception {
        Settings settings = Settings.parse(environment.freshTopics());
        String topic = settings.topics().images().replace("images", name);
        try (Admin admin = environment.admin();
                TopicWatch watch = new TopicWatch(admin)) {
            watch.add("scoring", scoring(settings));
            watch.check();
            assertThat(watch.fault()).isEmpty();
            delete(admin, topic);
            watch.check();
            assertThat(watch.fault()).as("brokers may not know the topic yet").isEmpty();
            watch.check();
            assertThat(watch.fault())
                    .hasValue(new TopicWatch.Fault(
                            "topic '" + topic + "' has been deleted while it is in use; create it with `digitstream"
                                    + " topics create` and start again",
                            false));
        }
    }

    @Test
    void noticesThatATopicHasBeenDeletedAndCreatedAgain(Environment environment) throws Exception {
        Settings settings = Settings.parse(environment.freshTopics());
        String topic = settings.topics().labels();
        try (Admin admin = environment.admin();
                TopicWatch watch = new TopicWatch(admin)) {
            watch.add("scoring", scoring(settings));
            delete(admin, topic);
            new TopicAdmin(admin, settings.topics(), settings.layout()).create();
            watch.check();
            assertThat(watch.fault()).hasValueSatisfying(fault -> assertThat(fault.sentence())
                    .startsWith("topic '" + topic + "' has been deleted and created again"));
        }
    }

    @Test
    void ignoresOtherTopicsAndPartitionsThatDoNoHarm(Environment environment) throws Exception {
        Settings settings = Settings.parse(environment.freshTopics());
        try (Admin admin = environment.admin();
                TopicWatch watch = new TopicWatch(admin)) {
            watch.add("scoring", scoring(settings));
            delete(admin, settings.topics().models());
            grow(admin, settings.topics().deadLetters(), 8);
            watch.check();
            watch.check();
            assertThat(watch.fault()).isEmpty();
        }
    }

    @Test
    void doesNotTakeBrokersThatAreAwayForDeletedTopics(Environment environment) throws Exception {
        Settings settings = Settings.parse(environment.freshTopics());
        int unused;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            unused = socket.getLocalPort();
        }
        try (Admin away = Admin.create(Map.of(
                        "bootstrap.servers",
                        "127.0.0.1:" + unused,
                        "default.api.timeout.ms",
                        "500",
                        "request.timeout.ms",
                        "400"));
                TopicWatch watch = new TopicWatch(away)) {
            assertThatThrownBy(() -> watch.add("scoring", scoring(settings))).isInstanceOf(KafkaException.class);
            assertThatThrownBy(watch::check).isInstanceOf(KafkaException.class);
            assertThat(watch.fault()).isEmpty();
        }
    }

    @Test
    @Timeout(180)
    void isNotReadyAndThenExitsWhenTheImagesAreDeleted(Environment environment) throws Exception {
        Map<String, String> given = environment.freshTopics();
        Settings settings = Settings.parse(given);
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        Path log = folder.resolve("serve.log");
        List<String> arguments = environment.serveArguments(
                folder.resolve("state"), given, "--only", "classify", "--metrics", Integer.toString(port));
        try (Admin admin = environment.admin();
                ServeProcess serve = ServeProcess.start(CommandLineProcess.home(), arguments, log)) {
            serve.awaitReady();
            Await.until("it is ready", TIMEOUT, () -> ready(port).statusCode() == 200);

            delete(admin, settings.topics().images());

            String reason = "topic '" + settings.topics().images() + "' has been deleted";
            Await.until("it is not ready and says why", Duration.ofSeconds(30), () -> {
                HttpResponse<String> answer = ready(port);
                return answer.statusCode() == 503 && answer.body().contains(reason);
            });
            assertThat(serve.process().waitFor()).isEqualTo(1);
            assertThat(Files.readString(log).lines().filter(line -> line.startsWith("digitstream: ")))
                    .singleElement()
                    .asString()
                    .contains(reason, "create it with `digitstream topics create`");
        }
    }

    @Test
    @Timeout(180)
    void exitsWithStatus1ThoughAThreadHangsInASendToADeletedTopic(Environment environment) throws Exception {
        Map<String, String> given = environment.freshTopics();
        Settings settings = Settings.parse(given);
        Path log = folder.resolve("serve.log");
        List<String> arguments = environment.serveArguments(folder.resolve("state"), given, "--only", "score");
        try (Admin admin = environment.admin();
                Producer<byte[], byte[]> producer = environment.producer();
                ServeProcess serve = ServeProcess.start(CommandLineProcess.home(), arguments, log)) {
            serve.awaitReady();
            delete(admin, settings.topics().deadLetters());
            producer.send(new ProducerRecord<>(settings.topics().labels(), "?".getBytes(UTF_8)))
                    .get();

            // C++ libraries would abort the process with status 134 if their exit handlers ran beside the thread.
            assertThat(serve.process().waitFor()).isEqualTo(1);
            assertThat(Files.readString(log).lines().filter(line -> line.startsWith("digitstream: ")))
                    .singleElement()
                    .asString()
                    .contains("topic '" + settings.topics().deadLetters() + "' has been deleted");
        }
    }

    private HttpResponse<String> ready(int port) throws IOException, InterruptedException {
        return http.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/health/ready"))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private TopologyAssembly assembly(Environment environment, Settings settings) {
        return new TopologyAssembly(settings, environment.clients(), folder.toString(), environment.schemas());
    }

    /** Runs scoring until it is ready, so that its internal topics exist. */
    private void scoreOnce(Environment environment, Settings settings) throws Exception {
        try (Serving serving = new Serving(false, true)) {
            assembly(environment, settings).score(serving);
            AtomicBoolean ready = new AtomicBoolean();
            serving.runUntil(
                    millis -> {
                        Thread.sleep(millis);
                        return ready.get();
                    },
                    () -> ready.set(true));
        }
    }

    private static void assertNamesTheWayOut(Throwable failure, Settings settings) {
        assertThat(failure)
                .isInstanceOf(ServeException.class)
                .hasMessageContaining("internal topic '" + settings.scoreApplicationId() + "-")
                .hasMessageContaining("has 4 partitions but needs 8")
                .hasMessageContaining("set a new application id");
    }

    @Test
    void refusesToScoreAfterTheNumberOfPartitionsHasChanged(Environment environment) throws Exception {
        Map<String, String> given = new HashMap<>(environment.freshTopics());
        // The minimum that the broker allows, so that the second start soon has the partitions of the first.
        given.put("consumer.session.timeout.ms", "6000");
        Settings settings = Settings.parse(given);
        scoreOnce(environment, settings);
        try (Admin admin = environment.admin()) {
            grow(admin, settings.topics().predictions(), 8);
            assertThat(new StartChecks(admin, settings, false, true).faults())
                    .singleElement()
                    .asString()
                    .contains(
                            settings.topics().predictions() + " has 8",
                            settings.topics().labels() + " has 4");
            grow(admin, settings.topics().labels(), 8);
            assertThat(new StartChecks(admin, settings, false, true).faults())
                    .singleElement()
                    .asString()
                    .contains(settings.topics().challengerPredictions() + " has 4");
            grow(admin, settings.topics().challengerPredictions(), 8);
            assertThat(new StartChecks(admin, settings, false, true).faults()).isEmpty();

            try (Serving serving = new Serving(false, true)) {
                serving.watchTopics(admin);
                assertNamesTheWayOut(
                        catchThrowable(() -> assembly(environment, settings).score(serving)), settings);
            }
            // What Kafka Streams finds by itself, if the process may not describe the topics.
            try (Serving serving = new Serving(false, true)) {
                assembly(environment, settings).score(serving);
                assertNamesTheWayOut(
                        catchThrowable(() -> serving.runUntil(TopicChangesIT::doNotStop, () -> {})), settings);
            }
        }
    }

    @Test
    void endsAtOnceWhenTheNumberOfPartitionsChangesUnderIt(Environment environment) throws Exception {
        Settings settings = Settings.parse(environment.freshTopics());
        try (Admin admin = environment.admin();
                Serving serving = new Serving(false, true)) {
            serving.watchTopics(admin);
            assembly(environment, settings).score(serving);
            CompletableFuture<Void> ready = new CompletableFuture<>();
            CompletableFuture<Throwable> failure = CompletableFuture.supplyAsync(() ->
                    catchThrowable(() -> serving.runUntil(TopicChangesIT::doNotStop, () -> ready.complete(null))));
            ready.get(60, TimeUnit.SECONDS);
            grow(admin, settings.topics().labels(), 8);
            assertThat(failure.get(20, TimeUnit.SECONDS))
                    .isInstanceOf(ServeException.class)
                    .hasMessageContaining(settings.topics().labels() + " has 8")
                    .hasMessageContaining(settings.topics().predictions() + " has 4");
        }
    }

    @Test
    void classifiesTheImagesOfNewPartitions(Environment environment) throws Exception {
        Map<String, String> given = new HashMap<>(environment.freshTopics());
        given.put("metadata.max.age.ms", "1000");
        given.put("num.stream.threads", "1");
        Settings settings = Settings.parse(given);
        try (Admin admin = environment.admin();
                Deliveries predictions =
                        new Deliveries(environment.clients(), settings.topics().predictions());
                Serving serving = new Serving(true, false)) {
            serving.watchTopics(admin);
            assembly(environment, settings).classify(serving, Optional.of(ModelArtifact.open(environment.model())));
            environment.produce(settings, plan("before-"));
            predictions.awaitKeys(500, TIMEOUT);
            grow(admin, settings.topics().images(), 8);
            environment.produce(settings, plan("after-"));
            predictions.awaitKeys(1_000, TIMEOUT);
            predictions.assertExactlyOnce(1_000);
            AtomicBoolean asked = new AtomicBoolean();
            assertThatCode(() -> serving.runUntil(
                            millis -> {
                                Thread.sleep(millis);
                                return asked.getAndSet(true);
                            },
                            () -> {}))
                    .doesNotThrowAnyException();
        }
    }

    private static ProducePlan plan(String idPrefix) {
        return new ProducePlan(true, false, Double.POSITIVE_INFINITY, 500, Duration.ZERO, 1, idPrefix);
    }

    private static boolean doNotStop(long millis) throws InterruptedException {
        Thread.sleep(millis);
        return false;
    }
}
