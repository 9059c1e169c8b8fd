package digitstream.monitoring;

import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.util.JavalinBindException;
import java.util.function.BiFunction;
import org.eclipse.jetty.io.ByteBufferPool;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/** Starts web servers, and explains why one cannot be started. */
public final class WebServers {
    private WebServers() {}

    /**
     * Makes a server listen on one address, with a bounded number of connections, and without a pool of buffers. After a request that is malformed, Jetty 12.1.12 sometimes
     * gives one buffer to two connections, and a client receives a part of another one's request or response.
     *
     * @param port 0 for any free one
     */
    public static void listen(JavalinConfig config, String host, int port) {
        config.startup.showJavalinBanner = false;
        config.startup.showOldJavalinVersionWarning = false;
        config.jetty.addConnector((server, http) -> connector(server, http, host, port));
    }

    private static ServerConnector connector(Server server, HttpConfiguration http, String host, int port) {
        // Buffers outside the heap are freed late if they are not pooled.
        http.setUseInputDirectByteBuffers(false);
        http.setUseOutputDirectByteBuffers(false);
        ServerConnector connector = new ServerConnector(
                server, null, null, ByteBufferPool.NON_POOLING, -1, -1, new HttpConnectionFactory(http));
        connector.setHost(host);
        connector.setPort(port);
        connector.addBean(new ConnectionLimit());
        return connector;
    }

    /**
     * Starts a server that {@linkplain #listen listens} on one address.
     *
     * @param what for people: what is served
     * @param failure makes the exception that is thrown when the server cannot listen there, from a message and its cause
     */
    public static void start(
            Javalin server,
            String what,
            String host,
            int port,
            BiFunction<String, Throwable, ? extends RuntimeException> failure) {
        try {
            server.start();
        } catch (JavalinBindException e) {
            throw failure.apply(
                    what + " can't be served at " + host + ":" + port
                            + ": the port is in use or the address is not local; choose another (port 0 for any free port)",
                    e);
        }
    }

    /** The URL of a started server's path. An IPv6 address gets its brackets. */
    public static String url(Javalin server, String host, String path) {
        return "http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + server.port() + path;
    }
}
