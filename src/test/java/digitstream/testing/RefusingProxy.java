package digitstream.testing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** An HTTP proxy that demands a login, notes each request, and then answers that it can't reach anything. */
public final class RefusingProxy implements AutoCloseable {
    private final ServerSocket server;
    private final boolean demandsLogin;
    private final List<String> requests = new CopyOnWriteArrayList<>();

    public RefusingProxy(boolean demandsLogin) throws IOException {
        this.demandsLogin = demandsLogin;
        this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread thread = new Thread(this::serve, "proxy");
        thread.setDaemon(true);
        thread.start();
    }

    public int port() {
        return server.getLocalPort();
    }

    /** The first line of each request, with the login that it brought. */
    public List<String> requests() {
        return requests;
    }

    private void serve() {
        while (!server.isClosed()) {
            try (Socket socket = server.accept()) {
                BufferedReader in = new BufferedReader(new InputStreamReader(socket.getInputStream(), ISO_8859_1));
                String request = in.readLine();
                String login = null;
                for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
                    if (line.toLowerCase(java.util.Locale.ROOT).startsWith("proxy-authorization: ")) {
                        login = line.substring("proxy-authorization: ".length());
                    }
                }
                requests.add(request + (login == null ? "" : " " + login));
                String answer = demandsLogin && login == null
                        ? "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"test\"\r\n"
                        : "HTTP/1.1 502 Bad Gateway\r\n";
                socket.getOutputStream()
                        .write((answer + "Content-Length: 0\r\nConnection: close\r\n\r\n").getBytes(ISO_8859_1));
            } catch (IOException e) {
                // The client went away, or the proxy was closed.
                requests.add("failed: " + e.getMessage());
            }
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
