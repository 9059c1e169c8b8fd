package digitstream.cli;

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

    static boolean isPort(int port) {
        return port >= 0 && port <= MAX_PORT;
    }

    /** Parses the value of an option. */
    static final class Converter implements ITypeConverter<ListenAddress> {
        @Override
        public ListenAddress convert(String text) {
            int colon = text.lastIndexOf(':');
            String host = colon < 0 ? LOOPBACK : text.substring(0, colon).replaceAll("^\\[|]$", "");
            try {
                int port = Integer.parseInt(text.substring(colon + 1));
                if (isPort(port) && !host.isEmpty()) {
                    return new ListenAddress(host, port);
                }
            } catch (NumberFormatException e) {
                // The exception below reports the text.
            }
            throw new TypeConversionException(
                    "'" + text + "' is not an address; use PORT or HOST:PORT, with a port from 0 to " + MAX_PORT);
        }
    }
}
