package digitstream.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Where a server listens, as a flag gives it: {@code PORT}, of this machine only, or {@code HOST:PORT}.
 *
 * @param port 0 for any free one
 */
record ListenAddress(String host, int port) {
    static final String LOOPBACK = "127.0.0.1";
    private static final int LAST_PORT = 65_535;

    static boolean isPort(int port) {
        return port >= 0 && port <= LAST_PORT;
    }

    /** Reads a flag's value. */
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
                // Said below, with what it was.
            }
            throw new TypeConversionException(
                    "'" + text + "' is no address; give PORT or HOST:PORT, with a port from 0 to " + LAST_PORT);
        }
    }
}
