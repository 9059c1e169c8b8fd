package digitstream.streams;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import digitstream.serve.StreamsConfiguration;
import digitstream.settings.Settings;
import digitstream.testing.Await;
import digitstream.testing.Environment;
import digitstream.testing.RefusedConsumers;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.kstream.Consumed;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Tests the reported health of a topology while its threads fail. */
@ExtendWith(Environment.Extension.class)
class RunningTopologyIT {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    private static final int THREADS = 2;

    @TempDir
    private Path folder;

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

    private final AtomicReference<@Nullable Thread> died = new AtomicReference<>();
    private final CountDownLatch survived = new CountDownLatch(1);
    private final CountDownLatch hanging = new CountDownLatch(1);
    private final CountDownLatch released = new CountDownLatch(1);

    /** Starts a topology of two threads that execute the command in a record's value. */
    private RunningTopology start(Environment environment, Settings settings) {
        StreamsBuilder builder = new StreamsBuilder();
        builder.stream(settings.topics().images(), Consumed.with(Serdes.ByteArray(), Serdes.String()))
                .foreach((key, value) -> execute(value));
        Properties properties = StreamsConfiguration.classify(settings, environment.clients());
        properties.put("state.dir", folder.toString());
        properties.put("num.stream.threads", THREADS);
        properties.putAll(RefusedConsumers.ADMISSION);
        return RunningTopology.start(
                "classifying",
                builder.build(),
                properties,
                RecordGate.OPEN,
                Polling.ONE_BY_ONE,
                Set.of(),
                Clock.systemUTC(),
                meters);
    }

    private void execute(String command) {
        switch (command) {
            case "error" -> throw new AssertionError("for good");
            case "die unreplaced" -> {
                RefusedConsumers.refuse(true);
                throw new IllegalStateException("unreplaced");
            }
            case "die once" -> {
                // The record is consumed again by the thread that takes over the partition.
                if (died.compareAndSet(null, Thread.currentThread())) {
                    throw new IllegalStateException("once");
                }
                survived.countDown();
            }
            case "die always" -> throw new IllegalStateException("always");
            case "hang" -> {
                hanging.countDown();
                await(released);
            }
            default -> throw new IllegalArgumentException(command);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(TIMEOUT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts a stream thread", e);
        }
    }

    private static void send(Producer<byte[], byte[]> producer, Settings settings, int partition, String command) {
        producer.send(new ProducerRecord<>(settings.topics().images(), partition, null, command.getBytes(UTF_8)));
    }

    /**
     * Waits until every thread has partitions, and the topology runs. Running alone would be too early: when the second thread
     * joins, the first one gives up partitions in one rebalance and the second one gets them in another, which stops the
     * topology for a moment.
     */
    private static void awaitRunning(Environment environment, Settings settings, RunningTopology topology)
            throws Exception {
        String group = settings.classifyApplicationId();
        try (Admin admin = environment.admin()) {
            Await.until("every thread has partitions", TIMEOUT, () -> {
                ConsumerGroupDescription description = admin.describeConsumerGroups(List.of(group))
                        .describedGroups()
                        .get(group)
                        .get();
                return description.groupState() == GroupState.STABLE
                        && description.members().stream()
                                        .filter(member -> !member.assignment()
                                                .topicPartitions()
                                                .isEmpty())
                                        .count()
                                == THREADS;
            });
        }
        Await.until("it runs", TIMEOUT, topology::isRunning);
    }

    @AfterEach
    void admitConsumers() {
        RefusedConsumers.refuse(false);
        released.countDown();
    }

    @Test
    void isReadyOnceItRunsAndNoLongerLiveAfterAPermanentFailure(Environment environment) throws Exception {
        Settings settings = Settings.parse(environment.freshTopics());
        try (RunningTopology topology = start(environment, settings);
                Producer<byte[], byte[]> producer = environment.producer()) {
            assertThat(topology.isRunning()).isFalse();
            assertThat(topology.isLive()).isTrue();
            awaitRunning(environment, settings, topology);
            assertThat(topology.isLive()).isTrue();
            assertThat(running()).isEqualTo(1);

            send(producer, settings, 0, "error");

            Await.until("it is no longer live", TIMEOUT, () -> !topology.isLive());
            assertThat(topology.isRunning()).isFalse();
            assertThat(running()).isZero();
            Await.until(
                    "it reports the failure", TIMEOUT, () -> topology.ended().isDone());
            assertThat(topology.ended().join())
                    .hasValueSatisfying(cause -> assertThat(cause).hasStackTraceContaining("for good"));
        }
        assertThat(meters.find("digits.topology.running").gauge()).isNull();
    }

    @Test
    void replacesAThreadThatFailsOnATemporaryError(Environment environment) throws Exception {
        Map<String, String> given = new HashMap<>(environment.freshTopics());
        // The minimum that the broker allows, so that the dead thread's partitions are soon reassigned.
        given.put("consumer.session.timeout.ms", "6000");
        Settings settings = Settings.parse(given);
        try (RunningTopology topology = start(environment, settings);
                Producer<byte[], byte[]> producer = environment.producer()) {
            awaitRunning(environment, settings, topology);

            send(producer, settings, 0, "die once");

            Await.until("a thread has died", TIMEOUT, () -> {
                assertThat(topology.isLive()).isTrue();
                Thread dead = died.get();
                return dead != null && !dead.isAlive();
            });
            assertThat(topology.isRunning()).isFalse();
            Await.until("it runs again", TIMEOUT, () -> {
                assertThat(topology.isLive()).isTrue();
                return topology.isRunning();
            });
            await(survived);
            awaitRunning(environment, settings, topology);
            assertThat(liveThreads()).isEqualTo(THREADS);
            assertThat(running()).isEqualTo(1);
            assertThat(topology.ended()).isNotDone();
        }
    }

    @Test
    void isNoLongerLiveWhenThreadsDieThreeTimesOfOneRecord(Environment environment) throws Exception {
        Map<String, String> given = new HashMap<>(environment.freshTopics());
        given.put("consumer.session.timeout.ms", "6000");
        Settings settings = Settings.parse(given);
        String record = "offset 0 of " + settings.topics().images() + "-1";
        try (RunningTopology topology = start(environment, settings);
                Producer<byte[], byte[]> producer = environment.producer()) {
            awaitRunning(environment, settings, topology);

            send(producer, settings, 1, "die always");

            Await.until(
                    "it does not run, and names the cause",
                    TIMEOUT,
                    () -> !topology.isRunning()
                            && topology.describe().contains("s ago: IllegalStateException: always, at " + record));
            assertThat(topology.isLive()).as("after one death").isTrue();
            Await.until("it is no longer live", TIMEOUT, () -> !topology.isLive());
            assertThat(topology.failed()).hasValueSatisfying(reason -> assertThat(reason)
                    .startsWith("stream threads failed 3 times at " + record + " (IllegalStateException: always, at "
                            + record + ")"));
            assertThat(topology.describe()).contains("failed 3 times at " + record);
            assertThat(topology.fatalFailure()).as("the other partitions go on").isEmpty();
        }
    }

    @Test
    void isNeitherReadyNorLiveWhileADeadThreadIsNotReplaced(Environment environment) throws Exception {
        Settings settings = Settings.parse(environment.freshTopics());
        try (RunningTopology topology = start(environment, settings);
                Producer<byte[], byte[]> producer = environment.producer()) {
            awaitRunning(environment, settings, topology);
            assertThat(topology.describe()).isEqualTo("RUNNING, 2 of 2 stream threads");

            send(producer, settings, 0, "die unreplaced");

            Await.until("it is no longer live", TIMEOUT, () -> !topology.isLive());
            // Kafka Streams itself still reports RUNNING.
            assertThat(topology.describe())
                    .matches("RUNNING, 1 of 2 stream threads; a stream thread failed \\d+ s ago:"
                            + " IllegalStateException: unreplaced, at offset 0 of \\S+images-0");
            assertThat(topology.isRunning()).isFalse();
            assertThat(running()).isZero();
            assertThat(liveThreads()).isEqualTo(1);
        }
    }

    @Test
    void isNotLiveWhileAHungThreadBlocksItsShutdown(Environment environment) throws Exception {
        Settings settings = Settings.parse(environment.freshTopics());
        try (RunningTopology topology = start(environment, settings);
                Producer<byte[], byte[]> producer = environment.producer()) {
            awaitRunning(environment, settings, topology);
            send(producer, settings, 0, "hang");
            await(hanging);

            // The hung thread processes none of these.
            for (int partition = 1; partition < settings.layout().partitions(); partition++) {
                send(producer, settings, partition, "error");
            }

            Await.until("the other thread is dead", TIMEOUT, () -> liveThreads() == 1);
            assertThat(topology.describe())
                    .startsWith("PENDING_ERROR, 1 of 2 stream threads; AssertionError: for good; ");
            assertThat(topology.isLive()).isFalse();
            assertThat(topology.isRunning()).isFalse();
            assertThat(topology.ended()).isNotDone();
            released.countDown();
            Await.until("it has stopped", TIMEOUT, () -> topology.ended().isDone());
            assertThat(topology.isLive()).isFalse();
            assertThat(liveThreads()).isZero();
        }
    }

    private double running() {
        return meters.get("digits.topology.running").gauge().value();
    }

    private double liveThreads() {
        return meters.get("digits.stream.threads").gauge().value();
    }
}
