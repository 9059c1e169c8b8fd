package digitstream.testing;

import digitstream.local.JavaProcess;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;

/** A broker with SASL and ACLs. The user {@code admin} may do everything, the user {@code app} what is granted to it. */
public final class SecuredBroker implements AutoCloseable {
    private static final String LOGIN =
            "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"%s\""
                    + " password=\"secret\"%s;";

    private final Path directory;
    private final int port;
    private final JavaProcess process;

    /** Starts a broker with its data in this folder, and waits until it answers. */
    public SecuredBroker(Path directory) throws Exception {
        this.directory = directory;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                ServerSocket controller = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            this.port = socket.getLocalPort();
            Files.writeString(directory.resolve("server.properties"), properties(port, controller.getLocalPort()));
        }
        String properties = directory.resolve("server.properties").toString();
        try (JavaProcess format =
                java("kafka.tools.StorageTool", "format", "-t", "ZGlnaXRzdHJlYW1sb2NhbA", "-c", properties)) {
            if (format.waitFor() != 0) {
                throw new IllegalStateException(format.firstError());
            }
        }
        this.process = java("kafka.Kafka", properties);
        Await.until("the secured broker has started", Duration.ofSeconds(60), () -> {
            if (!process.isAlive()) {
                throw new IllegalStateException(process.firstError());
            }
            return Files.readString(directory.resolve("broker.log")).contains("Kafka Server started");
        });
    }

    /** Returns the settings of the clients of a user, {@code admin} or {@code app}. */
    public Map<String, String> clients(String user) {
        return Map.of(
                "bootstrap.servers",
                "127.0.0.1:" + port,
                "security.protocol",
                "SASL_PLAINTEXT",
                "sasl.mechanism",
                "PLAIN",
                "sasl.jaas.config",
                LOGIN.formatted(user, ""));
    }

    public Admin admin(String user) {
        return Admin.create(Map.copyOf(clients(user)));
    }

    private JavaProcess java(String... mainAndArguments) throws IOException {
        Path home = CommandLineProcess.home();
        String classPath;
        // The same libraries as those of the local broker.
        try (Stream<Path> jars = Files.list(home.resolve("lib"))) {
            classPath = jars.filter(
                            jar -> !jar.getFileName().toString().matches("(flink-|pytorch-|api-|avro-|rocksdbjni-).*"))
                    .map(Path::toString)
                    .sorted()
                    .collect(Collectors.joining(File.pathSeparator));
        }
        List<String> jvm = List.of(
                JavaProcess.compilerOption(),
                "-Xmx384m",
                "-XX:+UseParallelGC",
                "-Dlog4j2.configurationFile=" + log4j(),
                "-cp",
                classPath);
        return JavaProcess.start(
                "the secured broker",
                home,
                Stream.concat(jvm.stream(), Stream.of(mainAndArguments)).toList(),
                Map.of(),
                directory.resolve("broker.log"),
                false);
    }

    private Path log4j() throws IOException {
        return Files.writeString(
                directory.resolve("log4j2.properties"),
                """
                rootLogger.level=INFO
                rootLogger.appenderRef.out.ref=OUT
                appender.out.type=Console
                appender.out.name=OUT
                appender.out.layout.type=PatternLayout
                appender.out.layout.pattern=%d %p %m (%c)%n
                """);
    }

    private String properties(int port, int controllerPort) {
        String server = LOGIN.formatted("admin", " user_admin=\"secret\" user_app=\"secret\"");
        return """
                process.roles=broker,controller
                node.id=1
                controller.quorum.voters=1@127.0.0.1:%2$d
                listeners=SASL_PLAINTEXT://127.0.0.1:%1$d,CONTROLLER://127.0.0.1:%2$d
                advertised.listeners=SASL_PLAINTEXT://127.0.0.1:%1$d
                controller.listener.names=CONTROLLER
                listener.security.protocol.map=SASL_PLAINTEXT:SASL_PLAINTEXT,CONTROLLER:SASL_PLAINTEXT
                inter.broker.listener.name=SASL_PLAINTEXT
                sasl.enabled.mechanisms=PLAIN
                sasl.mechanism.inter.broker.protocol=PLAIN
                sasl.mechanism.controller.protocol=PLAIN
                listener.name.sasl_plaintext.plain.sasl.jaas.config=%4$s
                listener.name.controller.plain.sasl.jaas.config=%4$s
                authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
                super.users=User:admin
                log.dirs=%3$s
                auto.create.topics.enable=false
                offsets.topic.num.partitions=1
                offsets.topic.replication.factor=1
                transaction.state.log.num.partitions=1
                transaction.state.log.replication.factor=1
                transaction.state.log.min.isr=1
                share.coordinator.state.topic.replication.factor=1
                share.coordinator.state.topic.min.isr=1
                group.initial.rebalance.delay.ms=0
                """
                .formatted(port, controllerPort, directory.resolve("data"), server);
    }

    @Override
    public void close() {
        process.close();
    }
}
