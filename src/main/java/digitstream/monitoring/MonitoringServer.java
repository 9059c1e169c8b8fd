package digitstream.monitoring;

import io.javalin.Javalin;

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
            WebServers.listen(config, host, port);
            routes.addTo(config.routes);
        });
        WebServers.start(server, "the metrics", host, port, MonitoringException::new);
    }

    /** The URL of the metrics. */
    public String url() {
        return WebServers.url(server, host, "/metrics");
    }

    @Override
    public void close() {
        server.stop();
    }
}
