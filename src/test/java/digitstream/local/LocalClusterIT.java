package digitstream.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import digitstream.avro.DigitLabel;
import digitstream.serde.SchemaRegistry;
import digitstream.testing.Await;
import digitstream.testing.CommandLineProcess;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LocalClusterIT {
    @TempDir
    private Path folder;

    @Test
    void keepsRecordsAndSchemasWhenItsServersRestart() throws Exception {
        int id;
        Path directory;
        try (LocalCluster cluster = LocalCluster.start(CommandLineProcess.home(), Optional.empty(), 0, 0)) {
            directory = cluster.directory();
            create(cluster, "kept");
            produce(cluster, "kept", "zstd", "value");
            try (SchemaRegistry registry = new SchemaRegistry(cluster.schemaRegistryUrl(), Map.of())) {
                id = registry.register("kept-value", DigitLabel.getClassSchema());
            }
            cluster.broker().close();
            cluster.registry().close();
            cluster.broker().start();
            cluster.registry().start();
            assertThat(cluster.deadServer()).isEmpty();
            assertThat(consume(cluster, "kept")).isEqualTo("value");
            try (SchemaRegistry registry = new SchemaRegistry(cluster.schemaRegistryUrl(), Map.of())) {
                assertThat(registry.register("kept-value", DigitLabel.getClassSchema()))
                        .isEqualTo(id);
            }
        }
        assertThat(directory).doesNotExist();
    }

    /** The registry client's jar contains copies of zstd's classes, which must not shadow the real ones. */
    @ParameterizedTest
    @ValueSource(strings = {"zstd", "lz4", "snappy", "gzip"})
    void carriesCompressedRecords(String compression) throws Exception {
        try (LocalCluster cluster = LocalCluster.start(CommandLineProcess.home(), Optional.of(folder), 0, 0)) {
            create(cluster, "compressed");
            String value = "a line that compresses well, ".repeat(1_000);
            produce(cluster, "compressed", compression, value);
            assertThat(consume(cluster, "compressed")).isEqualTo(value);
        }
    }

    @Test
    void rejectsAPortInUse() throws Exception {
        try (ServerSocket inUse = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThatThrownBy(() ->
                            LocalCluster.start(CommandLineProcess.home(), Optional.of(folder), inUse.getLocalPort(), 0))
                    .isInstanceOf(LocalException.class)
                    .hasMessageContaining("port " + inUse.getLocalPort() + " for the broker is in use");
        }
    }

    @Test
    void reportsAServerThatHasStopped() throws Exception {
        try (LocalCluster cluster = LocalCluster.start(CommandLineProcess.home(), Optional.empty(), 0, 0)) {
            ProcessHandle.current()
                    .children()
                    .filter(child -> child.info()
                            .commandLine()
                            .orElse("")
                            .contains(cluster.directory().toString()))
                    .forEach(ProcessHandle::destroyForcibly);
            Await.until("the cluster reports the stopped server", Duration.ofSeconds(10), () -> cluster.deadServer()
                    .isPresent());
            assertThat(cluster.deadServer().orElseThrow()).contains("the broker has stopped");
        }
    }

    @Test
    void serversExitWhenTheirParentIsKilledButIgnoreInterrupts() throws Exception {
        CommandLineProcess parent = CommandLineProcess.start(
                folder, List.of("-Djava.io.tmpdir=" + folder), "local", "--port", "0", "--registry-port", "0");
        Await.until("ready", Duration.ofSeconds(60), () -> parent.out().contains("Ready:"));
        List<ProcessHandle> children = parent.process().descendants().toList();
        assertThat(children).hasSize(2);
        for (ProcessHandle child : children) {
            new ProcessBuilder("kill", "-INT", Long.toString(child.pid()))
                    .start()
                    .waitFor();
        }
        // A server that did not ignore the signal would have exited by now.
        Thread.sleep(1_500);
        assertThat(children).allMatch(ProcessHandle::isAlive);
        parent.signal("KILL");
        Await.until("both servers have exited", Duration.ofSeconds(30), () -> children.stream()
                .noneMatch(ProcessHandle::isAlive));
    }

    private static void create(LocalCluster cluster, String topic) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", cluster.bootstrapServers()))) {
            admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1))).all().get();
        }
    }

    private static void produce(LocalCluster cluster, String topic, String compression, String value) throws Exception {
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", cluster.bootstrapServers(), "compression.type", compression),
                new StringSerializer(),
                new StringSerializer())) {
            producer.send(new ProducerRecord<>(topic, "key", value)).get();
        }
    }

    private static String consume(LocalCluster cluster, String topic) throws Exception {
        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", cluster.bootstrapServers(), "auto.offset.reset", "earliest"),
                new StringDeserializer(),
                new StringDeserializer())) {
            consumer.assign(List.of(new TopicPartition(topic, 0)));
            String[] value = new String[1];
            Await.until("the record", Duration.ofSeconds(30), () -> {
                consumer.poll(Duration.ofMillis(200)).forEach(record -> value[0] = record.value());
                return value[0] != null;
            });
            return value[0];
        }
    }
}
