package digitstream.monitoring;

import java.util.HashSet;
import java.util.Set;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.IdleTimeout;

/**
 * Bounds the connections of a server. For one more, that which has been silent for longest is closed: an open page is sent to once a
 * second, so it is not that one. Not accepting further connections, as Jetty's own limit does, would keep health probes waiting.
 * Thread-safe.
 */
final class ConnectionLimit implements Connection.Listener {
    /** More than the requests that a dashboard handles at once, so that some are left for health. */
    static final int MAX = 500;

    private final Set<EndPoint> open = new HashSet<>();

    @Override
    public void onOpened(Connection connection) {
        EndPoint silent = null;
        synchronized (open) {
            if (open.size() >= MAX) {
                silent = mostSilent();
                open.remove(silent);
            }
            open.add(connection.getEndPoint());
        }
        if (silent != null) {
            silent.close();
        }
    }

    private EndPoint mostSilent() {
        EndPoint most = open.iterator().next();
        for (EndPoint one : open) {
            if (silentMillis(one) > silentMillis(most)) {
                most = one;
            }
        }
        return most;
    }

    private static long silentMillis(EndPoint connection) {
        return connection instanceof IdleTimeout idle ? idle.getIdleFor() : 0;
    }

    @Override
    public void onClosed(Connection connection) {
        synchronized (open) {
            open.remove(connection.getEndPoint());
        }
    }
}
