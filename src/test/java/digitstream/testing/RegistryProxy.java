package digitstream.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Passes requests on to a schema registry, and gives answers that it does not give by itself. Thread-safe. */
public final class RegistryProxy implements AutoCloseable {
    /** What a proxy or a load balancer answers when its registry is away. */
    public static final Answer NOT_FOUND_PAGE = new Answer(404, "text/html", "<html><h1>404 Not Found</h1></html>");

    public static final Answer UNAVAILABLE = new Answer(503, "text/plain", "no healthy upstream");
    public static final Answer LOGIN_PAGE = new Answer(200, "text/html", "<html>Who are you?</html>");
    public static final Answer UNAUTHORIZED =
            new Answer(401, "application/json", "{\"error_code\":401,\"message\":\"who are you?\"}");

    private final HttpClient client = HttpClient.newHttpClient();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Map<String, Answer> answers = new ConcurrentHashMap<>();
    private final AtomicInteger requests = new AtomicInteger();
    private final URI registry;
    private final HttpServer server;
    private volatile @Nullable Answer toAll;

    /** An HTTP answer. */
    public record Answer(int status, String type, String body) {}

    public RegistryProxy(String registryUrl) throws IOException {
        this.registry = URI.create(registryUrl);
        this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::respond);
        server.start();
    }

    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + registry.getPath();
    }

    /** From now on, gives this answer to every request, or passes requests on again. */
    public void answerAllWith(Optional<Answer> answer) {
        toAll = answer.orElse(null);
    }

    /** From now on, the registry has a schema of this text under this path, for example {@code /schemas/ids/7}. */
    public void answerWithSchema(String path, String schema) throws IOException {
        answer(path, new ObjectMapper().writeValueAsString(Map.of("schema", schema)));
    }

    /** From now on, gives this JSON for this path. */
    public void answer(String path, String json) {
        answers.put(path, new Answer(200, "application/json", json));
    }

    /** How many requests there were so far. */
    public int requests() {
        return requests.get();
    }

    private void respond(HttpExchange exchange) throws IOException {
        try (exchange) {
            requests.incrementAndGet();
            Answer answer = toAll;
            if (answer == null) {
                answer = answers.get(exchange.getRequestURI()
                        .getPath()
                        .substring(registry.getPath().length()));
            }
            if (answer == null) {
                answer = pass(exchange);
            }
            byte[] body = answer.body().getBytes(UTF_8);
            exchange.getResponseHeaders().set("Content-Type", answer.type());
            exchange.sendResponseHeaders(answer.status(), body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
        }
    }

    private Answer pass(HttpExchange exchange) throws IOException {
        URI to = registry.resolve(exchange.getRequestURI().toString());
        HttpRequest.Builder request = HttpRequest.newBuilder(to)
                .method(
                        exchange.getRequestMethod(),
                        HttpRequest.BodyPublishers.ofByteArray(
                                exchange.getRequestBody().readAllBytes()));
        String type = exchange.getRequestHeaders().getFirst("Content-Type");
        if (type != null) {
            request.header("Content-Type", type);
        }
        try {
            HttpResponse<String> response = client.send(request.build(), HttpResponse.BodyHandlers.ofString());
            return new Answer(
                    response.statusCode(),
                    response.headers().firstValue("Content-Type").orElse("application/json"),
                    response.body());
        } catch (InterruptedException e) {
            throw new IOException("interrupted", e);
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
