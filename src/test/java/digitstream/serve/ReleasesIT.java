package digitstream.serve;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import digitstream.avro.ModelInstance;
import digitstream.avro.ModelRelease;
import digitstream.avro.Prediction;
import digitstream.avro.RefusedRelease;
import digitstream.avro.ReleaseRole;
import digitstream.client.CommittedReader;
import digitstream.client.ProducePlan;
import digitstream.model.ModelArtifact;
import digitstream.model.ModelCard;
import digitstream.model.ModelException;
import digitstream.release.CardReleases;
import digitstream.release.InstanceTopic;
import digitstream.release.ReleaseTopic;
import digitstream.serde.AvroDecoder;
import digitstream.serde.Decoded;
import digitstream.settings.Settings;
import digitstream.testing.Await;
import digitstream.testing.Environment;
import io.micrometer.core.instrument.Counter;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Releases models while images are classified, on a real broker with a real model. */
@ExtendWith(Environment.Extension.class)
class ReleasesIT {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    @TempDir
    private Path folder;

    /** A topology of two threads in this process, one of several of the same application. */
    private final class Instance implements AutoCloseable {
        private final Serving serving = new Serving(true, false);
        private final TopologyAssembly.Started started;
        private boolean closed;

        Instance(Environment environment, Settings settings, String name, Optional<Path> model) throws Exception {
            Path state = Files.createDirectories(folder.resolve(name));
            TopologyAssembly assembly =
                    new TopologyAssembly(settings, environment.clients(), state.toString(), environment.schemas());
            try {
                started = assembly.classify(serving, model.map(ModelArtifact::open));
            } catch (RuntimeException e) {
                serving.close();
                throw e;
            }
        }

        boolean serves(String version) {
            return !serving.meters()
                    .find("digits.model.info")
                    .tag("model_version", version)
                    .meters()
                    .isEmpty();
        }

        String model() {
            return started.model().card().version();
        }

        @Override
        public void close() {
            if (!closed) {
                closed = true;
                serving.close();
            }
        }
    }

    /** Copies the model into a version of its own, whose number says when it is released. */
    private Path version(Environment environment, int number) throws IOException {
        Path copy = Files.createDirectories(folder.resolve("models").resolve("v" + number));
        String card = Files.readString(environment.model().resolve("model.json"));
        String version = ModelArtifact.open(environment.model()).card().version();
        Files.writeString(copy.resolve("model.json"), card.replace("\"" + version + "\"", "\"v" + number + "\""));
        Files.copy(environment.model().resolve("model.pt"), copy.resolve("model.pt"));
        return copy;
    }

    private static ReleaseTopic topic(Environment environment, Settings settings) {
        return new ReleaseTopic(
                environment.clients(), environment.schemas(), settings.topics().models());
    }

    private static void promote(Environment environment, Settings settings, Path model) throws InterruptedException {
        ModelCard card = ModelArtifact.open(model).card();
        topic(environment, settings)
                .write(List.of(
                        CardReleases.release(card, model.toUri(), ReleaseRole.CHAMPION, null, "test", "a test")));
    }

    private static List<ModelInstance> instances(Environment environment, Settings settings) {
        return new InstanceTopic(
                        environment.clients(),
                        environment.schemas(),
                        settings.topics().instances())
                .read();
    }

    private static ProducePlan plan(String prefix, int images, double rate) {
        return new ProducePlan(true, false, rate, images, Duration.ZERO, 1, prefix);
    }

    /** The number of the version of each prediction, in the order of each partition. */
    private static Map<Integer, List<Integer>> versions(Environment environment, Settings settings, int images)
            throws InterruptedException {
        Map<Integer, List<Integer>> versions = new HashMap<>();
        Set<String> ids = new HashSet<>();
        int total = 0;
        long end = System.nanoTime() + TIMEOUT.toNanos();
        try (CommittedReader reader = new CommittedReader(
                environment.clients(), List.of(settings.topics().predictions()), true)) {
            while (total < images || !reader.isAtEnd()) {
                assertThat(System.nanoTime())
                        .as("%d of %d images", total, images)
                        .isLessThan(end);
                for (ConsumerRecord<byte[], byte[]> record : reader.poll(Duration.ofMillis(100))) {
                    versions.computeIfAbsent(record.partition(), ignored -> new ArrayList<>())
                            .add(number(environment, record));
                    ids.add(new String(record.key(), UTF_8));
                    total++;
                }
            }
        }
        assertThat(total).as("each once").isEqualTo(ids.size()).isEqualTo(images);
        return versions;
    }

    /**
     * One instance switches while another still fetches the model. The partitions of the first then go to the other, which must not
     * classify them with the old model.
     */
    @Test
    @Timeout(180)
    void noPartitionGoesBackToAnOlderReleaseWhenItMoves(Environment environment) throws Exception {
        CountDownLatch slow = new CountDownLatch(1);
        AtomicInteger fetches = new AtomicInteger();
        Path two = version(environment, 2);
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        ExecutorService threads = Executors.newCachedThreadPool();
        server.setExecutor(threads);
        server.createContext("/", exchange -> {
            String file =
                    Path.of(exchange.getRequestURI().getPath()).getFileName().toString();
            if (file.equals("model.pt") && fetches.incrementAndGet() > 1) {
                awaitUninterruptibly(slow);
            }
            byte[] bytes = Files.readAllBytes(two.resolve(file));
            exchange.sendResponseHeaders(200, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        server.start();
        String place = "http://127.0.0.1:" + server.getAddress().getPort() + "/";
        Map<String, String> given = new HashMap<>(environment.freshTopics());
        given.put("consumer.session.timeout.ms", "6000");
        given.put("models.allowed.uris", place);
        Settings settings = Settings.parse(given);
        int images = 15_000;
        Instance first = new Instance(environment, settings, "a", Optional.of(version(environment, 1)));
        Instance second = new Instance(environment, settings, "b", Optional.empty());
        try {
            CompletableFuture<Void> producing =
                    CompletableFuture.runAsync(() -> environment.produce(settings, plan("i-", images, 1_000)));
            awaitClassifying(first);
            awaitClassifying(second);
            topic(environment, settings)
                    .write(List.of(CardReleases.release(
                            ModelArtifact.open(two).card(),
                            URI.create(place),
                            ReleaseRole.CHAMPION,
                            null,
                            "test",
                            "")));
            Await.until("one has switched", TIMEOUT, () -> serving(environment, settings, "v2") == 1);
            awaitVersion(environment, settings, 2);
            (first.serves("v2") ? first : second).close();
            // Longer than the partitions take to move.
            Thread.sleep(8_000);
            assertThat(serving(environment, settings, "v2"))
                    .as("the other one waits")
                    .isZero();
            slow.countDown();
            producing.get(60, TimeUnit.SECONDS);
            Map<Integer, List<Integer>> versions = versions(environment, settings, images);
            assertThat(versions).hasSize(4);
            versions.forEach((partition, numbers) ->
                    assertThat(numbers).as("partition %d", partition).isSorted());
            assertThat(versions.values()).as("those that moved").anySatisfy(numbers -> assertThat(numbers)
                    .contains(1, 2));
        } finally {
            slow.countDown();
            first.close();
            second.close();
            server.stop(0);
            threads.shutdownNow();
        }
        assertThat(instances(environment, settings)).as("all have stopped").isEmpty();
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            assertThat(latch.await(100, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static long serving(Environment environment, Settings settings, String version) {
        return instances(environment, settings).stream()
                .filter(instance -> instance.getModelVersion().equals(version))
                .count();
    }

    /** Waits until an instance has classified an image, and so has a partition. */
    private static void awaitClassifying(Instance instance) throws Exception {
        Await.until(
                "an instance classifies",
                TIMEOUT,
                () -> instance.serving.meters().get("digits.predictions").counters().stream()
                                .mapToDouble(Counter::count)
                                .sum()
                        > 0);
    }

    private static void awaitVersion(Environment environment, Settings settings, int number) throws Exception {
        try (CommittedReader reader = new CommittedReader(
                environment.clients(), List.of(settings.topics().predictions()), true)) {
            Await.until("a prediction by version " + number, TIMEOUT, () -> {
                boolean found = false;
                for (ConsumerRecord<byte[], byte[]> record : reader.poll(Duration.ofMillis(100))) {
                    found |= number(environment, record) == number;
                }
                return found;
            });
        }
    }

    private static int number(Environment environment, ConsumerRecord<byte[], byte[]> record) {
        Prediction prediction = ((Decoded.Value<Prediction>) new AvroDecoder<>(environment.schemas(), Prediction.class)
                        .decode(record.headers(), record.value()))
                .value();
        return Integer.parseInt(prediction.getModelVersion().substring(1));
    }

    @Test
    void goesOnWithTheOldModelIfAReleaseFails(Environment environment) throws Exception {
        Settings settings = Settings.parse(environment.freshTopics());
        Path broken = version(environment, 2);
        try (Instance first = new Instance(environment, settings, "a", Optional.of(version(environment, 1)))) {
            assertThat(first.model()).isEqualTo("v1");
            ModelRelease released = CardReleases.release(
                    ModelArtifact.open(broken).card(), broken.toUri(), ReleaseRole.CHAMPION, null, "test", "");
            byte[] bytes = Files.readAllBytes(broken.resolve("model.pt"));
            bytes[bytes.length / 2] ^= 1;
            Files.write(broken.resolve("model.pt"), bytes);
            topic(environment, settings).write(List.of(released));
            Await.until(
                    "a refusal", TIMEOUT, () -> refused(environment, settings).isPresent());
            assertThat(refused(environment, settings).orElseThrow().getReason())
                    .contains("model.pt does not match its card");

            ModelCard card = ModelArtifact.open(version(environment, 3)).card();
            ModelRelease nowhere = CardReleases.release(
                    card, folder.resolve("nowhere").toUri(), ReleaseRole.CHAMPION, null, "test", "");
            topic(environment, settings).write(List.of(nowhere));
            Await.until("the next refusal", TIMEOUT, () -> refused(environment, settings)
                    .filter(refused -> refused.getRelease().endsWith("v3"))
                    .isPresent());
            RefusedRelease refused = refused(environment, settings).orElseThrow();
            assertThat(refused.getRelease()).isEqualTo(card.name() + "/v3");
            assertThat(refused.getReason()).contains("nowhere is not a model: there is no such folder");

            environment.produce(settings, plan("i-", 500, Double.POSITIVE_INFINITY));
            versions(environment, settings, 500).values().forEach(numbers -> assertThat(numbers)
                    .containsOnly(1));

            promote(environment, settings, version(environment, 4));
            Await.until("the next release", TIMEOUT, () -> instances(environment, settings).stream()
                    .allMatch(instance -> instance.getModelVersion().equals("v4")));
            assertThat(refused(environment, settings)).isEmpty();
        }
    }

    private static Optional<RefusedRelease> refused(Environment environment, Settings settings) {
        return instances(environment, settings).stream()
                .flatMap(instance -> Optional.ofNullable(instance.getRefused()).stream())
                .findFirst();
    }

    @Test
    void startsWithTheChampion(Environment environment) throws Exception {
        Settings settings = Settings.parse(environment.freshTopics());
        Path one = version(environment, 1);
        assertThatThrownBy(() -> new Instance(environment, settings, "none", Optional.empty()))
                .isInstanceOf(ServeException.class)
                .hasMessageContaining("has no champion");
        try (Instance first = new Instance(environment, settings, "a", Optional.of(one))) {
            assertThat(first.model()).isEqualTo("v1");
        }
        promote(environment, settings, version(environment, 2));
        try (Instance restarted = new Instance(environment, settings, "a", Optional.of(one))) {
            assertThat(restarted.model())
                    .as("an old command line does not undo a promotion")
                    .isEqualTo("v2");
            assertThat(restarted.started.note().orElse("")).contains("digitstream models promote");
        }
        try (Instance another = new Instance(environment, settings, "a", Optional.of(version(environment, 3)))) {
            assertThat(another.model()).as("a new version is released").isEqualTo("v3");
        }
        promote(environment, settings, version(environment, 4));
        Files.delete(folder.resolve("models").resolve("v4").resolve("model.pt"));
        assertThatThrownBy(() -> new Instance(environment, settings, "a", Optional.empty()))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("model.pt is missing");
    }
}
