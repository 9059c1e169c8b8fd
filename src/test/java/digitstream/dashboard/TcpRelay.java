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
 * A way to a server of this machine whose connections can fall silent: open, and nothing comes through, as when a machine goes
 * away without a word.
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

    /** Those that are open now; a new one is carried. */
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
                Connection connection =
                        new Connection(listening.accept(), new Socket(InetAddress.getLoopbackAddress(), server));
                connections.add(connection);
                daemon(() -> carry(connection, connection.client, connection.server));
                daemon(() -> carry(connection, connection.server, connection.client));
            } catch (IOException closed) {
                // The relay, and then this loop ends; or the server, and then the client sees its connection closed.
            }
        }
    }

    private void carry(Connection connection, Socket from, Socket to) {
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
            // By one of the ends, as below for both.
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
                throw new IllegalStateException("a connection can't be closed", e);
            }
        }
    }

    @Override
    public void close() throws IOException {
        listening.close();
        connections.forEach(this::close);
    }
}
