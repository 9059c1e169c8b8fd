package digitstream.local;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** An Apache Kafka broker in KRaft mode on 127.0.0.1, which is its own controller. Used by one thread. */
public final class LocalBroker implements AutoCloseable {
    /** An arbitrary id; the cluster has only this node. */
    private static final String CLUSTER_ID = "ZGlnaXRzdHJlYW1sb2NhbA";

    private final Path home;
    private final Path directory;
    private final int port;
    private final int controllerPort;
    private @Nullable JavaProcess process;

    LocalBroker(Path home, Path directory, int port, int controllerPort) {
        this.home = home;
        this.directory = directory;
        this.port = port;
        this.controllerPort = controllerPort;
    }

    public String address() {
        return "127.0.0.1:" + port;
    }

    /** Starts the broker with its existing data, if any, and waits until it is ready. */
    public void start() throws InterruptedException {
        launch();
        awaitReady();
    }

    void launch() throws InterruptedException {
        Path properties = directory.resolve("server.properties");
        Path log = directory.resolve("broker.log");
        try {
            Files.createDirectories(directory);
            Files.writeString(properties, properties());
            try (InputStream log4j = LocalBroker.class.getResourceAsStream("broker-log4j2.properties")) {
                Files.copy(
                        Objects.requireNonNull(log4j),
                        directory.resolve("log4j2.properties"),
                        StandardCopyOption.REPLACE_EXISTING);
            }
        } catch (IOException e) {
            throw new LocalException(
                    "the broker's folder " + directory + " can't be written; choose a writable folder (" + e + ")", e);
        }
        if (!Files.exists(directory.resolve("data/meta.properties"))) {
            run(log, "kafka.tools.StorageTool", "format", "-t", CLUSTER_ID, "-c", properties.toString());
        }
        process = java(log, "kafka.Kafka", properties.toString());
    }

    private void run(Path log, String... mainAndArguments) throws InterruptedException {
        try (JavaProcess format = java(log, mainAndArguments)) {
            if (format.waitFor() != 0) {
                throw new LocalException("the broker's data folder can't be formatted: " + format.firstError());
            }
        }
    }

    private JavaProcess java(Path log, String... mainAndArguments) {
        List<String> jvm = List.of(
                JavaProcess.compilerOption(),
                "-Xms256m",
                "-Xmx512m",
                "-XX:+UseParallelGC",
                "-Dlog4j2.configurationFile=" + directory.resolve("log4j2.properties"),
                "-cp",
                classPath());
        return JavaProcess.start(
                "the broker",
                home,
                Stream.concat(jvm.stream(), Stream.of(mainAndArguments)).toList(),
                Map.of(),
                log,
                false);
    }

    /**
     * Returns the libraries without those that only digitstream needs. The registry client must not be among them, because its
     * jar contains copies of classes that the broker uses.
     */
    private String classPath() {
        try (Stream<Path> jars = Files.list(home.resolve("lib"))) {
            return jars.filter(
                            jar -> !jar.getFileName().toString().matches("(flink-|pytorch-|api-|avro-|rocksdbjni-).*"))
                    .map(Path::toString)
                    .sorted()
                    .collect(Collectors.joining(File.pathSeparator));
        } catch (IOException e) {
            throw new LocalException(
                    "the broker's libraries are not in " + home.resolve("lib") + "; build them with `mvn package`", e);
        }
    }

    private String properties() {
        return """
                process.roles=broker,controller
                node.id=1
                controller.quorum.voters=1@127.0.0.1:%2$d
                listeners=PLAINTEXT://127.0.0.1:%1$d,CONTROLLER://127.0.0.1:%2$d
                advertised.listeners=PLAINTEXT://127.0.0.1:%1$d
                controller.listener.names=CONTROLLER
                log.dirs=%3$s
                auto.create.topics.enable=false
                offsets.topic.num.partitions=4
                offsets.topic.replication.factor=1
                transaction.state.log.num.partitions=4
                transaction.state.log.replication.factor=1
                transaction.state.log.min.isr=1
                share.coordinator.state.topic.replication.factor=1
                share.coordinator.state.topic.min.isr=1
                group.initial.rebalance.delay.ms=0
                transaction.abort.timed.out.transaction.cleanup.interval.ms=2000
                """
                .formatted(port, controllerPort, directory.resolve("data"));
    }

    void awaitReady() throws InterruptedException {
        // A broker logs this line last. Its port opens earlier, before it is ready.
        Readiness.await(
                "the broker",
                Objects.requireNonNull(process),
                () -> Readiness.logContains(directory.resolve("broker.log"), "Kafka Server started"));
    }

    Optional<String> fault() {
        JavaProcess running = process;
        return running == null || running.isAlive()
                ? Optional.empty()
                : Optional.of("the broker has stopped: " + running.firstError());
    }

    /** Stops the broker gracefully, and keeps its data. */
    @Override
    public void close() {
        JavaProcess running = process;
        process = null;
        if (running != null) {
            running.close();
            try {
                // The next start waits for a line in its own log.
                Files.move(
                        directory.resolve("broker.log"),
                        directory.resolve("broker.log.previous"),
                        StandardCopyOption.REPLACE_EXISTING);
            } catch (IOException e) {
                throw new LocalException("the broker's log can't be renamed: " + e, e);
            }
        }
    }
}
