package digitstream.cli;

import digitstream.common.Excerpt;
import digitstream.common.Secrets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Checks the value of {@code --bootstrap-server}, which Kafka's clients would only refuse once they are created. */
final class BootstrapServers implements ITypeConverter<String> {
    /** A listener's protocol in front of the address is allowed, as in Kafka's own pattern. */
    private static final Pattern ADDRESS = Pattern.compile(
            "(?:(?:SASL_)?(?:PLAINTEXT|SSL)://)?(?:[\\w.%-]+|\\[[0-9a-fA-F:.%]+]):([0-9]{1,5})",
            Pattern.CASE_INSENSITIVE);

    private static final int MAX_PORT = 65_535;

    @Override
    public String convert(String text) {
        List<String> addresses = new ArrayList<>();
        for (String part : text.split(",", -1)) {
            Matcher address = ADDRESS.matcher(part.strip());
            if (!address.matches() || !isPort(Integer.parseInt(address.group(1)))) {
                throw new TypeConversionException("'" + Excerpt.of(Secrets.masked(part.strip()))
                        + "' is not the address of a broker; use HOST:PORT, with a port from 1 to " + MAX_PORT
                        + ", and commas between several");
            }
            addresses.add(part.strip());
        }
        return String.join(",", addresses);
    }

    private static boolean isPort(int port) {
        return port >= 1 && port <= MAX_PORT;
    }
}
