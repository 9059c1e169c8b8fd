package digitstream.monitoring;

import io.javalin.Javalin;
import io.javalin.util.JavalinBindException;

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
        try {
            server.start(host, port);
        } catch (JavalinBindException e) {
            throw new MonitoringException(
                    "the metrics can't be served at " + host + ":" + port
                            + "; another program has this port, or the address is not this machine's; give another (port 0: any free one)",
                    e);
        }
    }

    /** Where the metrics are. */
    public String url() {
        return "http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + server.port() + "/metrics";
    }

    @Override
    public void close() {
        server.stop();
    }
}
