package digitstream.monitoring;

import io.javalin.Javalin;
import io.javalin.util.JavalinBindException;

/** An HTTP server that serves only {@link MonitoringRoutes}. */
public final class MonitoringServer implements AutoCloseable {
    private final String host;
    private final Javalin server;

    /**
     * Starts a server.
     *
     * @param port 0 for any free port
     * @throws MonitoringException if the server cannot listen on the port
     */
    public MonitoringServer(String host, int port, MonitoringRoutes routes) {
        this.host = host;
        this.server = Javalin.create(config -> {
            config.startup.showJavalinBanner = false;
            config.startup.showOldJavalinVersionWarning = false;
            routes.addTo(config.routes);
        });
        try {
            server.start(host, port);
        } catch (JavalinBindException e) {
            throw new MonitoringException(
                    "the metrics cannot be served on " + host + ":" + port
                            + ": the port is in use or the address is not local; choose another (port 0 for any free port)",
                    e);
        }
    }

    /** The URL of the metrics. */
    public String url() {
        return "http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + server.port() + "/metrics";
    }

    @Override
    public void close() {
        server.stop();
    }
}
