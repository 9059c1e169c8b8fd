package digitstream.monitoring;

import io.javalin.Javalin;
import io.javalin.util.JavalinBindException;
import java.util.function.BiFunction;

/** Starts web servers, and explains why one cannot be started. */
public final class WebServers {
    private WebServers() {}

    /**
     * Starts a server.
     *
     * @param what for people: what is served
     * @param port 0 for any free one
     * @param failure makes the exception that is thrown when the server cannot listen there, from a message and its cause
     */
    public static void start(
            Javalin server,
            String what,
            String host,
            int port,
            BiFunction<String, Throwable, ? extends RuntimeException> failure) {
        try {
            server.start(host, port);
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
