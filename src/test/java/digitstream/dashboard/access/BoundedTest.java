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
        for (int i = 0; i < CLIENTS; i++) {
            Socket client = new Socket(InetAddress.getLoopbackAddress(), server.port());
            clients.add(client);
            client.getOutputStream().write((request + "\r\n").getBytes(US_ASCII));
        }
    }

    private Answer get(String path) throws Exception {
        return RawHttp.send(server.port(), "", "GET " + path + " HTTP/1.1", "Host: localhost");
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
        open("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n");
        awaitRefused(CLIENTS - 32);
        assertThat(get("/").body()).isEqualTo("page");
        assertThat(get("/health/live").body()).isEqualTo("UP");
        Answer busy = RawHttp.send(server.port(), "{}", "POST / HTTP/1.1", "Host: localhost");
        assertThat(busy.status()).isEqualTo(503);
        assertThat(busy.header("Retry-After")).containsExactly("1");
        assertThat(busy.body()).isEqualTo("{\"error\":\"the server is busy; try again\"}");
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
