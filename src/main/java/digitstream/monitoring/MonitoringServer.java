package digitstream.monitoring;

import io.javalin.Javalin;

/** A web server of {@link MonitoringRoutes} and nothing else. */
public final class MonitoringServer implements AutoCloseable {
    private final String host;
    private final Javalin server;

    /**
     * Starts it.
     *
     * @param port 0 for any free one
     * @throws MonitoringException where the port is taken or may not be listened at
     */
    public MonitoringServer(String host, int port, MonitoringRoutes routes) {
        this.host = host;
        this.server = Javalin.create(config -> {
            config.startup.showJavalinBanner = false;
            config.startup.showOldJavalinVersionWarning = false;
            routes.addTo(config.routes);
        });
        WebServers.start(server, "the metrics", host, port, MonitoringException::new);
    }

    /** Where the metrics are. */
    public String url() {
        return WebServers.url(server, host, "/metrics");
    }

    @Override
    public void close() {
        server.stop();
    }
}
