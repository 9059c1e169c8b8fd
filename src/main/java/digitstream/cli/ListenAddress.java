package digitstream.cli;

import digitstream.common.Excerpt;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * The address that a server listens on, given as {@code PORT} (loopback only) or {@code HOST:PORT}.
 *
 * @param port 0 to 65535; 0 picks a free port
 */
record ListenAddress(String host, int port) {
    static final String LOOPBACK = "127.0.0.1";
    private static final int MAX_PORT = 65_535;

    /** A name or an IPv4 or IPv6 address, which may have a zone after a percent sign. */
    private static final Pattern HOST = Pattern.compile("[\\w.:-]+(?:%[\\w.-]+)?");

    private static final Pattern PORT = Pattern.compile("[0-9]{1,5}");

    static void requireHost(String flag, String host) {
        if (!HOST.matcher(host).matches()) {
            throw new UsageException(
                    flag + " is '" + Excerpt.of(host) + "'; use the name or address of a host, without a port");
        }
    }

    static boolean isPort(int port) {
        return port >= 0 && port <= MAX_PORT;
    }

    /** Fails if no server can listen here now. */
    void requireFree(String flag) {
        try (ServerSocket socket = new ServerSocket()) {
            // As the server does: a port of a connection that was closed a moment ago is free.
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(host, port));
        } catch (IOException e) {
            throw new UserException(
                    flag + " is " + host + ":" + port
                            + ": the port is in use or the address is not local; choose another (port 0 for any free port)",
                    e);
        }
    }

    /** Parses the value of an option. */
    static final class Converter implements ITypeConverter<ListenAddress> {
        @Override
        public ListenAddress convert(String text) {
            int colon = text.lastIndexOf(':');
            String host = colon < 0 ? LOOPBACK : text.substring(0, colon).replaceAll("^\\[|]$", "");
            String port = text.substring(colon + 1);
            if (PORT.matcher(port).matches()
                    && isPort(Integer.parseInt(port))
                    && HOST.matcher(host).matches()) {
                return new ListenAddress(host, Integer.parseInt(port));
            }
            throw new TypeConversionException("'" + Excerpt.of(text)
                    + "' is not an address; use PORT or HOST:PORT, with a port from 0 to " + MAX_PORT);
        }
    }
}
