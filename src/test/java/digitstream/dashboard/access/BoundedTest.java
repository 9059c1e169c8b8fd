package digitstream.dashboard.access;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import digitstream.testing.Await;
import digitstream.testing.RawHttp;
import digitstream.testing.RawHttp.Answer;
import io.javalin.Javalin;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class BoundedTest {
    private static final int CLIENTS = 300;
    private static final Duration TIMEOUT = Duration.ofSeconds(20);

    private final CountDownLatch released = new CountDownLatch(1);
    private final List<Socket> clients = new ArrayList<>();
    private final Javalin server = Javalin.create(config -> {
                config.startup.showJavalinBanner = false;
                config.jetty.modifyServer(jetty -> Bounded.addTo(jetty, ""));
                JsonErrors.addTo(config);
                config.routes.get("/", context -> context.result("page"));
                config.routes.get("/health/live", context -> context.result("UP"));
                config.routes.get("/slow", context -> released.await());
                config.routes.post("/held", context -> {
                    RequestBody.read(context);
                    released.await();
                });
                config.routes.post("/", context -> context.result(RequestBody.read(context)));
            })
            .start("127.0.0.1", 0);

    @AfterEach
    void stop() throws Exception {
        released.countDown();
        for (Socket client : clients) {
            client.close();
        }
        server.stop();
    }

    private void open(String request) throws Exception {
        open(request, "");
    }

    private void open(String request, String body) throws Exception {
        for (int i = 0; i < CLIENTS; i++) {
            Socket client = new Socket(InetAddress.getLoopbackAddress(), server.port());
            clients.add(client);
            client.getOutputStream().write((request + "\r\n" + body).getBytes(US_ASCII));
        }
    }

    private Answer get(String path) throws Exception {
        return RawHttp.send(server.port(), "", "GET " + path + " HTTP/1.1", "Host: localhost");
    }

    private Answer post() throws Exception {
        return RawHttp.send(server.port(), "{}", "POST / HTTP/1.1", "Host: localhost");
    }

    private void awaitRefused(int expected) throws Exception {
        Await.until(expected + " clients are refused", TIMEOUT, () -> {
            int refused = 0;
            for (Socket client : clients) {
                refused += client.getInputStream().available() > 0 ? 1 : 0;
            }
            return refused == expected;
        });
    }

    @Test
    void refusesFurtherBodiesAndStillAnswersOtherRequests() throws Exception {
        open("POST /held HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n", "x");
        awaitRefused(CLIENTS - 32);
        assertThat(get("/").body()).isEqualTo("page");
        assertThat(get("/health/live").body()).isEqualTo("UP");
        Answer busy = post();
        assertThat(busy.status()).isEqualTo(503);
        assertThat(busy.header("Retry-After")).containsExactly("1");
        assertThat(busy.body()).isEqualTo("{\"error\":\"the server is busy; try again\"}");
    }

    /** Without a bound of its own, a silent body would hold its place for Jetty's idle timeout of 30 s. */
    @Test
    void silentBodiesGiveTheirPlacesToOthersWithinSeconds() throws Exception {
        open("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n", "");
        long start = System.nanoTime();
        assertThat(get("/health/live").body()).isEqualTo("UP");
        Await.until("a body is read", Duration.ofSeconds(10), () -> post().status() == 200);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(8));
        awaitRefused(CLIENTS);
        Set<String> statuses = new TreeSet<>();
        for (Socket client : clients) {
            String answer = new String(client.getInputStream().readNBytes(12), US_ASCII);
            statuses.add(answer.substring(9));
        }
        assertThat(statuses).containsExactly("408", "503");
    }

    /** A connection keeps its idle timeout for the requests after a body. */
    @Test
    void aConnectionMayBeSilentAfterItsBody() throws Exception {
        try (Socket client = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            client.setSoTimeout(10_000);
            byte[] request = "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n\r\n~".getBytes(US_ASCII);
            for (int i = 0; i < 2; i++) {
                client.getOutputStream().write(request);
                int last = 0;
                while (last != '~') {
                    last = client.getInputStream().read();
                    assertThat(last).isNotNegative();
                }
                Thread.sleep(RequestBody.SILENCE.plusMillis(500).toMillis());
            }
        }
    }

    @Test
    void answersForHealthWhileAllOtherRequestsAreStuck() throws Exception {
        open("GET /slow HTTP/1.1\r\nHost: localhost\r\n");
        awaitRefused(CLIENTS - 200);
        assertThat(get("/health/live").body()).isEqualTo("UP");
        assertThat(get("/").status()).isEqualTo(503);
    }

    @Test
    void letsNewRequestsInWhenOthersEnd() throws Exception {
        open("GET /slow HTTP/1.1\r\nHost: localhost\r\n");
        awaitRefused(CLIENTS - 200);
        released.countDown();
        Await.until("there is room again", TIMEOUT, () -> get("/").status() == 200);
    }
}
