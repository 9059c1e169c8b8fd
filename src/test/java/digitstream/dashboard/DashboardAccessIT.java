package digitstream.dashboard;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import com.fasterxml.jackson.databind.JsonNode;
import digitstream.common.Json;
import digitstream.dashboard.access.Access;
import digitstream.testing.Await;
import digitstream.testing.Environment;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The dashboard of a running pipeline, behind a proxy and among slow clients. */
@ExtendWith(Environment.Extension.class)
class DashboardAccessIT {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final Pattern LINK = Pattern.compile("(?:href|src)=\"([^\"]+)\"");

    @TempDir
    private static Path folder;

    private static WatchedPipeline pipeline;

    @BeforeAll
    static void start(Environment environment) throws Exception {
        pipeline = WatchedPipeline.start(environment, folder);
    }

    @AfterAll
    static void close() {
        pipeline.close();
    }

    private static HttpResponse<String> get(URI uri) throws Exception {
        return HTTP.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
    }

    private static HttpResponse<String> draw(URI page, String origin) throws Exception {
        byte[] drawing = new byte[112 * 112];
        for (int y = 20; y < 92; y++) {
            for (int x = 51; x < 61; x++) {
                drawing[112 * y + x] = (byte) 255;
            }
        }
        return HTTP.send(
                HttpRequest.newBuilder(page.resolve("api/digits"))
                        .header("Content-Type", "application/json")
                        .header("Origin", origin)
                        .POST(HttpRequest.BodyPublishers.ofString("{\"side\":112,\"pixels\":\""
                                + Base64.getEncoder().encodeToString(drawing) + "\"}"))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void worksBehindAnNginxThatStripsThePath() throws Exception {
        // Passes the Host on, as most instructions for nginx recommend.
        try (NginxProxy nginx = NginxProxy.start(
                folder,
                "location /stripped/ { proxy_set_header Host $http_host; proxy_pass "
                        + pipeline.dashboard().url() + "; }")) {
            worksAt(URI.create(nginx.url() + "stripped/"), nginx.url().replaceFirst("/$", ""));
        }
    }

    @Test
    void worksBehindAnNginxThatKeepsThePath(Environment environment) throws Exception {
        Access access = new Access(Set.of("digits.example.com"), "/kept/digits", false, null, false);
        // Sends the address of the dashboard as the Host, as nginx does by default.
        try (Dashboard below = pipeline.startDashboard(environment, 0, access);
                NginxProxy nginx = NginxProxy.start(
                        folder,
                        "location /kept/digits/ { proxy_pass " + below.url().replace("/kept/digits/", "") + "; }")) {
            worksAt(URI.create(nginx.url() + "kept/digits/"), "https://digits.example.com");
        }
    }

    private static void worksAt(URI page, String origin) throws Exception {
        HttpResponse<String> html = get(page);
        assertThat(html.statusCode()).isEqualTo(200);
        List<String> links = LINK.matcher(html.body())
                .results()
                .map((MatchResult link) -> link.group(1))
                .toList();
        assertThat(links).hasSizeGreaterThan(3);
        for (String link : links) {
            assertThat(get(page.resolve(link)).statusCode()).as(link).isEqualTo(200);
        }
        for (String path : List.of("health/live", "metrics")) {
            assertThat(get(page.resolve(path)).statusCode()).as(path).isEqualTo(200);
        }
        Await.until(
                "the history is there",
                TIMEOUT,
                () -> get(page.resolve("api/history")).statusCode() == 200);

        HttpResponse<String> drawn = draw(page, origin);
        assertThat(drawn.statusCode()).as(drawn.body()).isEqualTo(200);
        assertThat(Json.COMPACT.readTree(drawn.body()).path("label").asInt()).isEqualTo(1);
        assertThat(draw(page, "http://elsewhere.example").statusCode()).isEqualTo(403);

        assertTimeoutPreemptively(Duration.ofSeconds(3), () -> {
            try (EventStream events = new EventStream(page)) {
                assertThat(events.next().name()).isEqualTo("state");
                assertThat(events.next().name()).isEqualTo("state");
            }
        });
    }

    @Test
    void tellsThePageThatItIsReadOnly(Environment environment) throws Exception {
        Access access = new Access(Set.of(), "", true, null, false);
        try (Dashboard readOnly = pipeline.startDashboard(environment, 0, access)) {
            URI page = URI.create(readOnly.url());
            try (EventStream events = new EventStream(page)) {
                JsonNode state = Json.COMPACT.readTree(events.next().data());
                assertThat(state.path("readOnly").asBoolean()).isTrue();
            }
            assertThat(draw(page, readOnly.url().replaceFirst("/$", "")).statusCode())
                    .isEqualTo(403);
        }
    }

    @Test
    void answersWithinASecondWhile300ClientsSendAByteEvery4Seconds() throws Exception {
        URI page = URI.create(pipeline.dashboard().url());
        answersWithin(Duration.ofSeconds(10), page);
        List<Socket> slow = new ArrayList<>();
        try (EventStream events = new EventStream(page)) {
            for (int i = 0; i < 300; i++) {
                Socket client = new Socket(InetAddress.getLoopbackAddress(), page.getPort());
                slow.add(client);
                send(
                        client,
                        "POST /api/labels HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                                + "Content-Length: 100\r\n\r\n{");
            }
            // Longer than a body may take.
            for (int second = 0; second < 17; second++) {
                if (second % 4 == 3) {
                    slow.forEach(client -> send(client, " "));
                }
                answersWithin(Duration.ofSeconds(1), page);
                assertThat(events.next().name()).isEqualTo("state");
            }
            for (Socket client : slow) {
                client.setSoTimeout(1_000);
                assertThat(statusOf(client)).isIn(408, 429, 503);
            }
            assertThat(draw(page, pipeline.dashboard().url().replaceFirst("/$", ""))
                            .statusCode())
                    .isEqualTo(200);
        } finally {
            for (Closeable client : slow) {
                client.close();
            }
        }
    }

    private static void answersWithin(Duration limit, URI page) throws Exception {
        for (String path : List.of("", "health/live")) {
            long start = System.nanoTime();
            assertThat(get(page.resolve(path)).statusCode()).isEqualTo(200);
            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .as("/%s", path)
                    .isLessThan(limit);
        }
    }

    private static void send(Socket client, String text) {
        try {
            client.getOutputStream().write(text.getBytes(US_ASCII));
        } catch (IOException closed) {
            // The server has answered and closed the connection.
        }
    }

    /** The status of the answer; 503 if the connection was reset, because the server closed it before it had read all. */
    private static int statusOf(Socket client) {
        try {
            String start = new String(client.getInputStream().readNBytes(12), US_ASCII);
            return Integer.parseInt(start.substring(9));
        } catch (java.net.SocketTimeoutException e) {
            throw new AssertionError("a slow client is still waiting", e);
        } catch (IOException reset) {
            return 503;
        }
    }
}
