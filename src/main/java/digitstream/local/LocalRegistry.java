package digitstream.local;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * An Apicurio Registry on 127.0.0.1, which serves the API of the Confluent Schema Registry. It stores its schemas in its folder,
 * so that schema ids survive a restart. Used by one thread.
 */
public final class LocalRegistry implements AutoCloseable {
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(2);

    private final Path home;
    private final Path directory;
    private final int port;
    private final HttpClient client = HttpClient.newHttpClient();
    private @Nullable JavaProcess process;

    LocalRegistry(Path home, Path directory, int port) {
        this.home = home;
        this.directory = directory;
        this.port = port;
    }

    public String url() {
        return "http://127.0.0.1:" + port + "/apis/ccompat/v7";
    }

    /** Starts the registry with its existing data, if any, and waits until it is ready. */
    public void start() throws InterruptedException {
        launch();
        awaitReady();
    }

    void launch() {
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw new LocalException(
                    "the schema registry's folder " + directory + " can't be written; choose a writable folder (" + e
                            + ")",
                    e);
        }
        process = JavaProcess.start(
                "the schema registry",
                home,
                List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-jar", runner().toString()),
                Map.of(
                        "QUARKUS_HTTP_HOST", "127.0.0.1",
                        "QUARKUS_HTTP_PORT", Integer.toString(port),
                        "QUARKUS_LOG_LEVEL", "WARN",
                        "APICURIO_STORAGE_SQL_KIND", "h2",
                        "APICURIO_DATASOURCE_URL",
                                "jdbc:h2:file:" + directory.toAbsolutePath().resolve("schemas"),
                        "QUARKUS_HTTP_ACCESS_LOG_ENABLED", "false"),
                directory.resolve("registry.log"),
                false);
    }

    private Path runner() {
        Path folder = home.resolve("registry");
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().endsWith("-runner.jar"))
                    .findFirst()
                    .orElseThrow(() ->
                            new LocalException(folder + " contains no schema registry; build it with `mvn package`"));
        } catch (IOException e) {
            throw new LocalException("the schema registry is not in " + folder + "; build it with `mvn package`", e);
        }
    }

    void awaitReady() throws InterruptedException {
        Readiness.await("the schema registry", Objects.requireNonNull(process), this::responds);
    }

    private boolean responds() throws InterruptedException {
        try {
            HttpRequest request = HttpRequest.newBuilder(URI.create(url() + "/subjects"))
                    .timeout(REQUEST_TIMEOUT)
                    .build();
            return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException notYet) {
            return false;
        }
    }

    Optional<String> fault() {
        JavaProcess running = process;
        return running == null || running.isAlive()
                ? Optional.empty()
                : Optional.of("the schema registry has stopped: " + running.firstError());
    }

    @Override
    public void close() {
        JavaProcess running = process;
        process = null;
        if (running != null) {
            running.close();
        }
    }
}
