package digitstream.monitoring;

import com.fasterxml.jackson.databind.JsonNode;
import digitstream.common.Json;
import digitstream.testing.Await;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A real Prometheus with this project's configuration, but with other targets and a scrape interval of one second. */
final class PrometheusProcess implements AutoCloseable {
    static final Path CONFIGURATION = Path.of("monitoring", "prometheus").toAbsolutePath();

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final Process process;
    private final int port;

    private PrometheusProcess(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    /**
     * Starts Prometheus.
     *
     * @param targets replacements for the targets in the configuration, by the original target
     */
    static PrometheusProcess start(Path program, Path folder, Map<String, String> targets) throws Exception {
        String configuration = Files.readString(CONFIGURATION.resolve("prometheus.yml"));
        for (Map.Entry<String, String> target : targets.entrySet()) {
            if (!configuration.contains(target.getKey())) {
                throw new AssertionError("prometheus.yml has no target " + target.getKey());
            }
            configuration = configuration.replace(target.getKey(), target.getValue());
        }
        Path file = folder.resolve("prometheus.yml");
        Files.writeString(file, configuration.replace("_interval: 15s", "_interval: 1s"));
        Files.copy(CONFIGURATION.resolve("digitstream.rules.yml"), folder.resolve("digitstream.rules.yml"));
        int port = freePort();
        Process process = new ProcessBuilder(List.of(
                        program.toString(),
                        "--config.file=" + file,
                        "--storage.tsdb.path=" + folder.resolve("data"),
                        "--web.user-assets=" + Path.of("").toAbsolutePath(),
                        "--web.listen-address=127.0.0.1:" + port))
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("prometheus.log").toFile())
                .start();
        PrometheusProcess started = new PrometheusProcess(process, port);
        Await.until("Prometheus is ready", Duration.ofSeconds(30), started::isReady);
        return started;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private boolean isReady() throws InterruptedException {
        try {
            return get("/-/ready").statusCode() == 200;
        } catch (IOException e) {
            return false;
        }
    }

    /** The current result of a query, {@code data.result}. Fails if Prometheus rejects the query. */
    JsonNode query(String expression) throws Exception {
        HttpResponse<String> answer =
                get("/api/v1/query?query=" + URLEncoder.encode(expression, StandardCharsets.UTF_8));
        JsonNode json = Json.COMPACT.readTree(answer.body());
        if (!json.path("status").asText().equals("success")) {
            throw new AssertionError(expression + ": " + json.path("error").asText());
        }
        return json.path("data").path("result");
    }

    /** Whether a query currently returns a number. */
    boolean hasData(String expression) throws Exception {
        for (JsonNode series : query(expression)) {
            if (!series.path("value").path(1).asText().equals("NaN")) {
                return true;
            }
        }
        return false;
    }

    JsonNode json(String path) throws Exception {
        return Json.COMPACT.readTree(get(path).body());
    }

    HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return HTTP.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
