package digitstream.monitoring;

import com.fasterxml.jackson.databind.JsonNode;
import digitstream.common.Json;
import digitstream.testing.Await;
import digitstream.testing.Processes;
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
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** A real Prometheus with this project's configuration, but with other targets and a scrape interval of one second. */
public final class PrometheusProcess implements AutoCloseable {
    static final Path CONFIGURATION = Path.of("monitoring", "prometheus").toAbsolutePath();

    private static final Pattern FOR = Pattern.compile("(?m)^( +for: )(\\d+)([sm])$");

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
        return start(program, folder, targets, 1);
    }

    /**
     * Starts Prometheus with alerts that fire sooner.
     *
     * @param hurry by how much the {@code for} of each alert is divided
     */
    public static PrometheusProcess start(Path program, Path folder, Map<String, String> targets, int hurry)
            throws Exception {
        String configuration = Files.readString(CONFIGURATION.resolve("prometheus.yml"));
        for (Map.Entry<String, String> target : targets.entrySet()) {
            if (!configuration.contains(target.getKey())) {
                throw new AssertionError("prometheus.yml has no target " + target.getKey());
            }
            configuration = configuration.replace(target.getKey(), target.getValue());
        }
        Path file = folder.resolve("prometheus.yml");
        Files.writeString(file, configuration.replace("_interval: 15s", "_interval: 1s"));
        Files.writeString(
                folder.resolve("digitstream.rules.yml"),
                hurried(Files.readString(CONFIGURATION.resolve("digitstream.rules.yml")), hurry));
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

    private static String hurried(String rules, int by) {
        return FOR.matcher(rules).replaceAll(found -> {
            long seconds = Long.parseLong(found.group(2)) * (found.group(3).equals("m") ? 60 : 1);
            return found.group(1) + 1_000 * seconds / by + "ms";
        });
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

    /** The names of the alerts that fire. */
    public Set<String> firing() throws Exception {
        return new TreeSet<>(query("ALERTS{alertstate=\"firing\"}").findValuesAsText("alertname"));
    }

    /** The current result of a query, {@code data.result}. Fails if Prometheus rejects the query. */
    public JsonNode query(String expression) throws Exception {
        HttpResponse<String> answer =
                get("/api/v1/query?query=" + URLEncoder.encode(expression, StandardCharsets.UTF_8));
        JsonNode json = Json.COMPACT.readTree(answer.body());
        if (!json.path("status").asText().equals("success")) {
            throw new AssertionError(expression + ": " + json.path("error").asText());
        }
        return json.path("data").path("result");
    }

    /** Whether a query currently returns a number. */
    public boolean hasData(String expression) throws Exception {
        JsonNode result = query(expression);
        if (result.path(0).isNumber()) {
            // A scalar is a pair of its time and its value.
            return !result.path(1).asText().equals("NaN");
        }
        for (JsonNode series : result) {
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
        Processes.stop(process, Duration.ofSeconds(10));
    }
}
