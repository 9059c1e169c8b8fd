package digitstream.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.List;
import java.util.Locale;

/** HTTP requests as they are written, also those that Java's client refuses to send, such as ones with another Host header. */
public final class RawHttp {
    private static final int TIMEOUT_MILLIS = 30_000;

    private RawHttp() {}

    /** An answer. Its body is not decoded. */
    public record Answer(int status, List<String> headers, String body) {
        /** Returns the values of a header. */
        public List<String> header(String name) {
            String start = name.toLowerCase(Locale.ROOT) + ": ";
            return headers.stream()
                    .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(start))
                    .map(line -> line.substring(start.length()))
                    .toList();
        }
    }

    /**
     * Sends a request to this machine and returns the answer.
     *
     * @param request request line and headers; the header that asks the server to close the connection is added
     */
    public static Answer send(int port, String body, String... request) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(TIMEOUT_MILLIS);
            String text = String.join("\r\n", request) + "\r\nConnection: close\r\n"
                    + (body.isEmpty() ? "" : "Content-Length: " + body.getBytes(UTF_8).length + "\r\n") + "\r\n" + body;
            socket.getOutputStream().write(text.getBytes(UTF_8));
            return answer(new String(socket.getInputStream().readAllBytes(), UTF_8));
        }
    }

    private static Answer answer(String text) {
        String[] parts = text.split("\r\n\r\n", 2);
        List<String> head = parts[0].lines().toList();
        return new Answer(
                Integer.parseInt(head.get(0).split(" ", 3)[1]),
                head.subList(1, head.size()),
                parts.length < 2 ? "" : parts[1]);
    }
}
