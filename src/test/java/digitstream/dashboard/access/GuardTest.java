package digitstream.dashboard.access;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import digitstream.common.Json;
import digitstream.monitoring.WebServers;
import digitstream.testing.RawHttp;
import digitstream.testing.RawHttp.Answer;
import io.javalin.Javalin;
import io.javalin.http.staticfiles.Location;
import java.io.IOException;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The guard and the error answers, in front of a server of the same kind as the dashboard's. */
@Timeout(60)
class GuardTest {
    private static final String HOST = "Host: localhost";
    private static final String JSON = "Content-Type: application/json";
    private static final String POST = "POST /api/labels HTTP/1.1";
    private static final Credentials LOGIN =
            new Credentials(Map.of("alice", "open sesame"), List.of("0123456789abcdef"));
    private static final String ALICE =
            "Authorization: Basic " + Base64.getEncoder().encodeToString("alice:open sesame".getBytes(UTF_8));

    private Javalin server;

    private void start(Access access) {
        Guard guard = new Guard(access, "127.0.0.1");
        server = Javalin.create(config -> {
                    WebServers.listen(config, "127.0.0.1", 0);
                    config.router.contextPath = access.basePath().isEmpty() ? "/" : access.basePath();
                    config.jetty.modifyServer(jetty -> Bounded.addTo(jetty, access.basePath()));
                    JsonErrors.addTo(config);
                    config.staticFiles.add("/digitstream/dashboard", Location.CLASSPATH);
                    config.routes.before(guard::check);
                    config.routes.get("/health/live", context -> context.result("UP"));
                    config.routes.get("/api/failure", context -> {
                        throw new IllegalStateException("secret");
                    });
                    config.routes.post(
                            "/api/labels", guard.writing(context -> context.result(RequestBody.read(context))));
                    config.routes.post("/api/digits", guard.writing(context -> context.status(204)));
                })
                .start();
    }

    @AfterEach
    void stop() {
        server.stop();
    }

    private Answer send(String... request) throws IOException {
        return RawHttp.send(server.port(), "", request);
    }

    private Answer label(String... headers) throws IOException {
        return labelWith("{}", headers);
    }

    private Answer labelWith(String body, String... headers) throws IOException {
        String[] request = new String[headers.length + 1];
        request[0] = POST;
        System.arraycopy(headers, 0, request, 1, headers.length);
        return RawHttp.send(server.port(), body, request);
    }

    /** Checks that an answer is an error in one line of JSON, and returns the line. */
    private static String error(Answer answer, int status) throws IOException {
        assertThat(answer.status()).as(answer.body()).isEqualTo(status);
        assertThat(answer.header("Content-Type")).singleElement().asString().startsWith("application/json");
        JsonNode json = Json.INDENTED.readTree(answer.body());
        assertThat(json.size()).isEqualTo(1);
        assertThat(json.path("error").asText())
                .isNotBlank()
                .doesNotContain("\n")
                .hasSizeLessThan(300);
        return json.path("error").asText();
    }

    @Test
    void acceptsItsNamesOnly() throws IOException {
        start(new Access(Set.of("digits.example.com"), "", false, null, false));
        assertThat(send("GET / HTTP/1.1", HOST).status()).isEqualTo(200);
        assertThat(send("GET / HTTP/1.1", "Host: digits.example.com:8443").status())
                .isEqualTo(200);
        assertThat(error(send("GET / HTTP/1.1", "Host: evil.example"), 403))
                .isEqualTo("the Host header is 'evil.example', which is no name of this dashboard; allow it with"
                        + " --allowed-host NAME");
        error(send("GET /health/live HTTP/1.1", "Host: evil.example"), 403);
        error(send("GET / HTTP/1.0"), 403);
        assertThat(label(HOST, JSON, "Origin: http://localhost").status()).isEqualTo(200);
        assertThat(label(HOST, JSON, "Origin: https://digits.example.com").status())
                .isEqualTo(200);
        for (String origin : List.of("http://evil.example", "null", "http://%zz", "http://[", "::", "http://a b")) {
            assertThat(error(label(HOST, JSON, "Origin: " + origin), 403)).contains(origin, "--allowed-host");
        }
        // An event stream of another site would take one of the places for pages.
        error(send("GET / HTTP/1.1", HOST, "Origin: http://evil.example"), 403);
    }

    @Test
    void refusesAMalformedHostInOneLine() throws IOException {
        start(Access.DEFAULT);
        for (String host : List.of("a b", "localhost:port", "[::1", "local\u0001host", "localhost:999999", "@", "")) {
            Answer answer = send("GET / HTTP/1.1", "Host: " + host);
            error(answer, answer.status());
            // Jetty answers those with 400 that are not valid HTTP.
            assertThat(answer.status()).as(host).isIn(400, 403);
        }
        error(send("GET / HTTP/1.1", HOST, HOST), 400);
    }

    @Test
    void answersErrorsInItsOwnWords() throws IOException {
        start(Access.DEFAULT);
        assertThat(error(send("GET /nowhere HTTP/1.1", HOST), 404)).isEqualTo("there is nothing at /nowhere");
        assertThat(error(label(HOST, "Content-Type: text/plain"), 415))
                .isEqualTo("the Content-Type is not application/json; send JSON");
        error(label(HOST, "Content-Type: application/jsonp"), 415);
        assertThat(label(HOST, "Content-Type: Application/JSON; charset=utf-8").status())
                .isEqualTo(200);
        assertThat(error(label(HOST, "Content-Type: application/json; charset=iso-8859-1"), 415))
                .isEqualTo("the charset is 'ISO-8859-1', not UTF-8; send JSON in UTF-8");
        // Does not wait for the body.
        assertThat(error(send(POST, HOST, JSON, "Content-Length: " + (RequestBody.MAX_BYTES + 1)), 413))
                .contains("400000 bytes");
        assertThat(labelWith("x".repeat(RequestBody.MAX_BYTES), HOST, JSON).status())
                .isEqualTo(200);
        assertThat(error(send("GET /api/failure HTTP/1.1", HOST), 500))
                .isEqualTo("internal error; see the dashboard's log");
        for (String malformed : List.of(
                "GET /%zz HTTP/1.1",
                "GET / HTTP/9.9",
                "GET /a b HTTP/1.1",
                "G\u0001T / HTTP/1.1",
                "GET /" + "a".repeat(20_000) + " HTTP/1.1")) {
            Answer answer = send(malformed, HOST);
            assertThat(answer.status()).as(malformed).isBetween(400, 505).isNotEqualTo(500);
            error(answer, answer.status());
        }
        error(send("GET / HTTP/1.1", HOST, "X: " + "a".repeat(20_000)), 431);
        error(send("GET / HTTP/1.1", HOST, "Sec-WebSocket-Version: 13"), 404);
    }

    @Test
    void refusesALargeBodyWithoutAnAnnouncedLength() throws IOException {
        start(Access.DEFAULT);
        String chunk = Integer.toHexString(RequestBody.MAX_BYTES + 1) + "\r\n" + "x".repeat(RequestBody.MAX_BYTES + 1)
                + "\r\n0\r\n\r\n";
        Answer answer = send(POST, HOST, JSON, "Connection: close", "Transfer-Encoding: chunked\r\n\r\n" + chunk);
        error(answer, 413);
    }

    @Test
    void namesTheMethodsThatArePossible() throws IOException {
        start(Access.DEFAULT);
        assertThat(send("GET /api/labels HTTP/1.1", HOST).header("Allow")).containsExactly("POST");
        assertThat(error(send("GET /api/labels HTTP/1.1", HOST), 405)).isEqualTo("GET is not possible here; use POST");
        error(send("BREW /api/labels HTTP/1.1", HOST), 405);
        assertThat(send("DELETE /health/live HTTP/1.1", HOST).header("Allow")).containsExactly("GET, HEAD");
        for (String file : List.of("/", "/main.js")) {
            Answer answer = send("POST " + file + " HTTP/1.1", HOST, JSON);
            error(answer, 405);
            assertThat(answer.header("Allow")).containsExactly("GET, HEAD");
        }
        error(send("POST /nowhere HTTP/1.1", HOST, JSON), 404);
    }

    @Test
    void refusesToWriteIfItIsReadOnly() throws IOException {
        start(new Access(Set.of(), "", true, null, false));
        assertThat(error(label(HOST, JSON), 403))
                .isEqualTo("this dashboard is read-only; drawing and labelling are switched off");
        assertThat(send("GET / HTTP/1.1", HOST).status()).isEqualTo(200);
    }

    @Test
    void asksForALoginToWrite() throws IOException {
        start(new Access(Set.of(), "", false, LOGIN, false));
        assertThat(send("GET / HTTP/1.1", HOST).status()).isEqualTo(200);
        Answer refused = label(HOST, JSON);
        error(refused, 401);
        assertThat(refused.header("WWW-Authenticate"))
                .containsExactly("Basic realm=\"digitstream\", charset=\"UTF-8\"", "Bearer realm=\"digitstream\"");
        error(label(HOST, JSON, "Authorization: Bearer 0123456789abcdeg"), 401);
        // The way around by Javalin's header.
        error(
                RawHttp.send(
                        server.port(), "{}", "GET /api/labels HTTP/1.1", HOST, JSON, "X-HTTP-Method-Override: POST"),
                401);
        assertThat(label(HOST, JSON, ALICE).status()).isEqualTo(200);
        assertThat(label(HOST, JSON, "Authorization: Bearer 0123456789abcdef").status())
                .isEqualTo(200);
    }

    @Test
    void asksForALoginForAllButHealthIfAskedTo() throws IOException {
        start(new Access(Set.of(), "", false, LOGIN, true));
        for (String path :
                List.of("/", "/main.js", "/api/failure", "/nowhere", "/health/live/../../", "/health//live")) {
            error(send("GET " + path + " HTTP/1.1", HOST), 401);
        }
        assertThat(send("GET / HTTP/1.1", HOST, ALICE).status()).isEqualTo(200);
        assertThat(send("GET /health/live HTTP/1.1", HOST).body()).isEqualTo("UP");
        error(label(HOST, JSON), 401);
    }

    @Test
    void limitsTheRateOfEachKindOfWriting() throws IOException {
        start(Access.DEFAULT);
        Set<Integer> statuses = new HashSet<>();
        Answer last = label(HOST, JSON);
        for (int i = 0; i < 200 && last.status() == 200; i++) {
            last = label(HOST, JSON);
            statuses.add(last.status());
        }
        assertThat(error(last, 429)).isEqualTo("more than 10 requests per second; try again in 1 s");
        assertThat(last.header("Retry-After")).containsExactly("1");
        assertThat(statuses).containsExactlyInAnyOrder(200, 429);
        assertThat(RawHttp.send(server.port(), "{}", "POST /api/digits HTTP/1.1", HOST, JSON)
                        .status())
                .isEqualTo(204);
    }

    @Test
    void worksBelowABasePath() throws IOException {
        start(new Access(Set.of(), "/a/digits", false, LOGIN, true));
        assertThat(send("GET /a/digits/health/live HTTP/1.1", HOST).body()).isEqualTo("UP");
        assertThat(send("GET /a/digits/main.js HTTP/1.1", HOST, ALICE).status()).isEqualTo(200);
        assertThat(RawHttp.send(server.port(), "{}", "POST /a/digits/api/labels HTTP/1.1", HOST, JSON, ALICE)
                        .status())
                .isEqualTo(200);
        Answer withoutSlash = send("GET /a/digits HTTP/1.1", HOST);
        assertThat(withoutSlash.status()).isBetween(301, 308);
        assertThat(withoutSlash.header("Location")).containsExactly("/a/digits/");
        error(send("GET /a/%64igits/ HTTP/1.1", HOST), 401);
        assertThat(error(send("GET /health/live HTTP/1.1", HOST), 404)).isEqualTo("there is nothing here");
    }
}
