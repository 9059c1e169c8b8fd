package digitstream.dashboard;

import io.javalin.http.sse.SseClient;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/**
 * The pages that are open. What is told is made once for all of them; a page that takes it slowly misses some, and holds up
 * nobody else. Safe for use by several threads.
 */
final class Pages implements AutoCloseable {
    static final int MOST = 64;

    private final List<Page> open = new CopyOnWriteArrayList<>();
    private final ExecutorService senders = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "dashboard-page");
        thread.setDaemon(true);
        return thread;
    });

    private record Page(SseClient client, AtomicBoolean busy) {}

    /** Takes a page; keeps its connection. */
    void add(SseClient client, String state) {
        if (open.size() >= MOST) {
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

    /** Tells all of them; makes the state only where there is somebody to be told. */
    void tell(Supplier<String> state) {
        if (!open.isEmpty()) {
            String told = state.get();
            open.forEach(page -> send(page, told));
        }
    }

    private void send(Page page, String state) {
        if (page.busy.compareAndSet(false, true)) {
            senders.execute(() -> {
                try {
                    // Closes the client where its page has gone.
                    page.client.sendEvent("state", state);
                } catch (CancellationException e) {
                    // Closed here while its page took nothing.
                    open.remove(page);
                } finally {
                    page.busy.set(false);
                }
            });
        }
    }

    @Override
    public void close() {
        open.forEach(page -> page.client.close());
        senders.shutdown();
    }
}
