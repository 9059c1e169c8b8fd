package digitstream.dashboard;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A relay to a local server whose connections can be silenced: they stay open but transfer nothing, as when a machine
 * disappears without closing its connections.
 */
final class TcpRelay implements AutoCloseable {
    private final ServerSocket listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
    private final int server;

    private static final class Connection {
        private final Socket client;
        private final Socket server;
        private volatile boolean silent;

        Connection(Socket client, Socket server) {
            this.client = client;
            this.server = server;
        }
    }

    TcpRelay(int server) throws IOException {
        this.server = server;
        daemon(this::accept);
    }

    int port() {
        return listening.getLocalPort();
    }

    /** Silences the open connections; new ones are relayed. */
    void silence() {
        connections.forEach(connection -> connection.silent = true);
    }

    private static void daemon(Runnable task) {
        Thread thread = new Thread(task, "relay");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        while (!listening.isClosed()) {
            try {
                connect(listening.accept());
            } catch (IOException closed) {
                // The relay was closed, which ends this loop.
            }
        }
    }

    /** Closes the client's connection if the server accepts none. */
    private void connect(Socket client) throws IOException {
        try {
            Connection connection = new Connection(client, new Socket(InetAddress.getLoopbackAddress(), server));
            connections.add(connection);
            daemon(() -> relay(connection, connection.client, connection.server));
            daemon(() -> relay(connection, connection.server, connection.client));
        } catch (IOException refused) {
            client.close();
        }
    }

    private void relay(Connection connection, Socket from, Socket to) {
        byte[] buffer = new byte[1 << 16];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
                if (!connection.silent) {
                    out.write(buffer, 0, length);
                }
            }
        } catch (IOException closed) {
            // Closed by one of the ends; the other is closed below.
        }
        if (!connection.silent) {
            close(connection);
        }
    }

    private void close(Connection connection) {
        connections.remove(connection);
        for (Closeable end : new Closeable[] {connection.client, connection.server}) {
            try {
                end.close();
            } catch (IOException e) {
                throw new IllegalStateException("a connection cannot be closed", e);
            }
        }
    }

    @Override
    public void close() throws IOException {
        listening.close();
        connections.forEach(this::close);
    }
}
