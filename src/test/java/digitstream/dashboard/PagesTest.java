package digitstream.dashboard;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import digitstream.dashboard.EventStream.Event;
import digitstream.testing.Await;
import io.javalin.Javalin;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class PagesTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    private final Pages pages = new Pages();
    private final Javalin server = Javalin.create(config -> {
                config.startup.showJavalinBanner = false;
                config.routes.sse("/api/events", client -> pages.add(client, "first"));
            })
            .start("127.0.0.1", 0);

    @AfterEach
    void close() {
        pages.close();
        server.stop();
    }

    private EventStream open() throws Exception {
        return new EventStream(URI.create("http://127.0.0.1:" + server.port()));
    }

    /** Repeats a state until this page has received it, because a page misses states while it is still reading an earlier one. */
    private void sendUntilRead(EventStream page, String state) throws Exception {
        Thread sender = new Thread(() -> {
            while (!Thread.currentThread().isInterrupted()) {
                pages.send(() -> state);
                LockSupport.parkNanos(1_000_000);
            }
        });
        sender.start();
        try {
            for (Event event = page.next(); !event.data().equals(state); event = page.next()) {
                assertThat(event.name()).isEqualTo("state");
            }
        } finally {
            sender.interrupt();
            sender.join();
        }
    }

    @Test
    void sendsStatesToAPageWhenItOpensAndAfterwards() throws Exception {
        try (EventStream one = open();
                EventStream other = open()) {
            assertThat(one.next()).isEqualTo(new Event("state", "first"));
            assertThat(other.next()).isEqualTo(new Event("state", "first"));
            sendUntilRead(one, "next");
            sendUntilRead(other, "last");
        }
    }

    @Test
    void createsNoStateWithoutPages() {
        pages.send(() -> {
            throw new AssertionError("created without pages");
        });
    }

    @Test
    void rejectsThe65thPageUntilOneIsClosed() throws Exception {
        List<EventStream> open = new ArrayList<>();
        for (int i = 0; i < Pages.MAX_PAGES; i++) {
            open.add(open());
            assertThat(open.get(i).next().name()).isEqualTo("state");
        }
        try (EventStream tooMany = open()) {
            assertThat(tooMany.next().name()).isEqualTo("full");
            assertThatThrownBy(tooMany::next).isInstanceOf(NoSuchElementException.class);
        }
        open.remove(0).close();
        Await.until("there is room again", TIMEOUT, () -> {
            // A closed page is noticed when something is sent to it.
            pages.send(() -> "next");
            try (EventStream another = open()) {
                return another.next().name().equals("state");
            }
        });
        open.forEach(EventStream::close);
    }

    @Test
    void aPageThatDoesNotReadDelaysNoOther() throws Exception {
        try (Socket unread = new Socket(InetAddress.getLoopbackAddress(), server.port());
                EventStream page = open()) {
            unread.getOutputStream()
                    .write("GET /api/events HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\n\r\n"
                            .getBytes(US_ASCII));
            // More than its connection buffers.
            String much = "x".repeat(1 << 20);
            for (int i = 0; i < 30; i++) {
                sendUntilRead(page, i + much);
            }
            closesCleanly();
        }
    }

    /** After close(), no sender thread is left, and none has died of an exception. */
    private void closesCleanly() throws Exception {
        List<Throwable> uncaught = new CopyOnWriteArrayList<>();
        Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
        Thread.setDefaultUncaughtExceptionHandler((thread, failure) -> uncaught.add(failure));
        try {
            pages.close();
            Await.until("the senders have stopped", TIMEOUT, () -> Thread.getAllStackTraces().keySet().stream()
                    .noneMatch(thread -> thread.getName().equals("dashboard-page")));
        } finally {
            Thread.setDefaultUncaughtExceptionHandler(before);
        }
        assertThat(uncaught).isEmpty();
    }
}
