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
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Pages pages = new Pages();
    private final Javalin server = Javalin.create(config -> {
                config.startup.showJavalinBanner = false;
                config.routes.sse("/api/events", client -> pages.add(client, "begin"));
            })
            .start("127.0.0.1", 0);

    @AfterEach
    void end() {
        pages.close();
        server.stop();
    }

    private EventStream open() throws Exception {
        return new EventStream(URI.create("http://127.0.0.1:" + server.port()));
    }

    /** Until this page has it: what is told while it still takes what was before does not reach it. */
    private void tellUntilRead(EventStream page, String state) throws Exception {
        Thread teller = new Thread(() -> {
            while (!Thread.currentThread().isInterrupted()) {
                pages.tell(() -> state);
                LockSupport.parkNanos(1_000_000);
            }
        });
        teller.start();
        try {
            for (Event event = page.next(); !event.data().equals(state); event = page.next()) {
                assertThat(event.name()).isEqualTo("state");
            }
        } finally {
            teller.interrupt();
            teller.join();
        }
    }

    @Test
    void tellsAPageWhenItOpensAndFromThenOn() throws Exception {
        try (EventStream one = open();
                EventStream other = open()) {
            assertThat(one.next()).isEqualTo(new Event("state", "begin"));
            assertThat(other.next()).isEqualTo(new Event("state", "begin"));
            tellUntilRead(one, "next");
            tellUntilRead(other, "last");
        }
    }

    @Test
    void makesNoStateThatNobodySees() {
        pages.tell(() -> {
            throw new AssertionError("made for nobody");
        });
    }

    @Test
    void sendsThe65thAwayUntilOneHasGone() throws Exception {
        List<EventStream> open = new ArrayList<>();
        for (int i = 0; i < Pages.MOST; i++) {
            open.add(open());
            assertThat(open.get(i).next().name()).isEqualTo("state");
        }
        try (EventStream tooMany = open()) {
            assertThat(tooMany.next().name()).isEqualTo("full");
            assertThatThrownBy(tooMany::next).isInstanceOf(NoSuchElementException.class);
        }
        open.remove(0).close();
        Await.until("there is room again", PATIENCE, () -> {
            // That one has gone is seen when it is told something.
            pages.tell(() -> "next");
            try (EventStream another = open()) {
                return another.next().name().equals("state");
            }
        });
        open.forEach(EventStream::close);
    }

    @Test
    void aPageThatReadsNothingHoldsUpNobody() throws Exception {
        try (Socket deaf = new Socket(InetAddress.getLoopbackAddress(), server.port());
                EventStream page = open()) {
            deaf.getOutputStream()
                    .write("GET /api/events HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\n\r\n"
                            .getBytes(US_ASCII));
            // More than its connection holds.
            String much = "x".repeat(1 << 20);
            for (int i = 0; i < 30; i++) {
                tellUntilRead(page, i + much);
            }
            closesInOrder();
        }
    }

    /** No thread that sends to a page is left, or has died of its own. */
    private void closesInOrder() throws Exception {
        List<Throwable> uncaught = new CopyOnWriteArrayList<>();
        Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
        Thread.setDefaultUncaughtExceptionHandler((thread, failure) -> uncaught.add(failure));
        try {
            pages.close();
            Await.until("the senders have ended", PATIENCE, () -> Thread.getAllStackTraces().keySet().stream()
                    .noneMatch(thread -> thread.getName().equals("dashboard-page")));
        } finally {
            Thread.setDefaultUncaughtExceptionHandler(before);
        }
        assertThat(uncaught).isEmpty();
    }
}
