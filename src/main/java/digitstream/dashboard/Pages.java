package digitstream.dashboard;

import io.javalin.http.sse.SseClient;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/**
 * The open pages. A state is created once for all of them. A slow page misses states and does not delay the others.
 * Thread-safe.
 */
final class Pages implements AutoCloseable {
    static final int MAX_PAGES = 64;

    private final List<Page> open = new CopyOnWriteArrayList<>();
    private final ExecutorService senders = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "dashboard-page");
        thread.setDaemon(true);
        return thread;
    });

    private volatile boolean closed;

    private record Page(SseClient client, AtomicBoolean busy) {}

    /** Adds a page and sends it this state. Rejects it with the event {@code full} if too many are open. */
    void add(SseClient client, String state) {
        if (open.size() >= MAX_PAGES) {
            client.sendEvent("full", "{}");
            client.close();
            return;
        }
        client.keepAlive();
        Page page = new Page(client, new AtomicBoolean());
        client.onClose(() -> open.remove(page));
        open.add(page);
        send(page, state);
    }

    /** Sends a state to all pages. The supplier is called only if there is a page. */
    void send(Supplier<String> state) {
        if (!open.isEmpty()) {
            String json = state.get();
            open.forEach(page -> send(page, json));
        }
    }

    private void send(Page page, String state) {
        if (page.busy.compareAndSet(false, true)) {
            senders.execute(() -> {
                try {
                    // Closes the client if its page has gone.
                    page.client.sendEvent("state", state);
                } catch (RuntimeException e) {
                    if (!closed) {
                        throw e;
                    }
                    // close() ends a write to a page that does not read. Jetty then fails in one of several ways.
                    open.remove(page);
                } finally {
                    page.busy.set(false);
                }
            });
        }
    }

    @Override
    public void close() {
        closed = true;
        open.forEach(page -> page.client.close());
        senders.shutdown();
    }
}
