package digitstream.dashboard;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.stream.Stream;

/** The events that a page receives, over its own connection. */
final class EventStream implements AutoCloseable {
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final String NAME = "event: ";
    private static final String DATA = "data: ";

    private final Stream<String> stream;
    private final Iterator<String> lines;

    record Event(String name, String data) {}

    /**
     * Opens a stream.
     *
     * @param server address of the page, which may end with a path
     */
    EventStream(URI server) throws IOException, InterruptedException {
        stream = HTTP.send(
                        HttpRequest.newBuilder(URI.create(server.toString().replaceFirst("/?$", "/api/events")))
                                .header("Accept", "text/event-stream")
                                .build(),
                        HttpResponse.BodyHandlers.ofLines())
                .body();
        lines = stream.iterator();
    }

    /** Waits for the next event; throws {@link NoSuchElementException} at the end of the stream. */
    Event next() {
        return new Event(after(NAME), after(DATA));
    }

    private String after(String prefix) {
        while (true) {
            String line = lines.next();
            if (line.startsWith(prefix)) {
                return line.substring(prefix.length());
            }
        }
    }

    @Override
    public void close() {
        stream.close();
    }
}
