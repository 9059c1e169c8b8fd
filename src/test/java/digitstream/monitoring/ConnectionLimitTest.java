package digitstream.monitoring;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import digitstream.testing.Await;
import digitstream.testing.RawHttp;
import io.javalin.Javalin;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ConnectionLimitTest {
    private static final int FURTHER = 20;

    private final List<Socket> clients = new ArrayList<>();
    private final Javalin server = Javalin.create(config -> {
                WebServers.listen(config, "127.0.0.1", 0);
                config.routes.get("/", context -> context.result("page"));
            })
            .start();

    @AfterEach
    void stop() throws Exception {
        for (Socket client : clients) {
            client.close();
        }
        server.stop();
    }

    private Socket open() throws IOException {
        Socket client = new Socket(InetAddress.getLoopbackAddress(), server.port());
        client.setSoTimeout(10_000);
        clients.add(client);
        return client;
    }

    private static void get(Socket client) throws IOException {
        client.getOutputStream().write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(US_ASCII));
        String answer = "";
        while (!answer.endsWith("page")) {
            int next = client.getInputStream().read();
            assertThat(next).as("after '%s'", answer).isNotNegative();
            answer += (char) next;
        }
    }

    private static boolean isClosed(Socket client) throws IOException {
        client.setSoTimeout(1);
        try {
            return client.getInputStream().read() < 0;
        } catch (java.net.SocketTimeoutException e) {
            return false;
        } catch (IOException reset) {
            return true;
        }
    }

    @Test
    void closesTheConnectionsThatHaveBeenSilentForLongest() throws Exception {
        Socket page = open();
        get(page);
        for (int i = 1; i < ConnectionLimit.MAX; i++) {
            open();
        }
        get(page);
        for (int i = 0; i < FURTHER; i++) {
            assertThat(RawHttp.send(server.port(), "", "GET / HTTP/1.1", "Host: localhost")
                            .status())
                    .isEqualTo(200);
            open();
        }
        Await.until("connections beyond the limit are closed", Duration.ofSeconds(20), () -> {
            int closed = 0;
            for (Socket client : clients.subList(1, clients.size())) {
                closed += isClosed(client) ? 1 : 0;
            }
            return closed >= FURTHER && closed <= 2 * FURTHER;
        });
        get(page);
    }
}
