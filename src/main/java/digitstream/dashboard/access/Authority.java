package digitstream.dashboard.access;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The value of a Host header, or what follows the scheme in an Origin header.
 *
 * @param host lower case, without brackets or a dot at the end; IPv6 addresses in one form
 * @param port -1 if it is not given
 */
record Authority(String host, int port) {
    private static final Pattern FORM =
            Pattern.compile("(?:\\[(?<ipv6>[0-9A-Fa-f:.]+(?:%[\\w.-]+)?)]|(?<name>[\\w.-]+))(?::(?<port>[0-9]{1,5}))?");

    /** Returns empty if the text is malformed. Asks no name server. */
    static Optional<Authority> parse(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            return Optional.empty();
        }
        int port = form.group("port") == null ? -1 : Integer.parseInt(form.group("port"));
        String ipv6 = form.group("ipv6");
        if (ipv6 == null) {
            String name = form.group("name").toLowerCase(Locale.ROOT);
            return Optional.of(new Authority(name.endsWith(".") ? name.substring(0, name.length() - 1) : name, port));
        }
        try {
            // In brackets, the text is taken as an address and never looked up.
            return Optional.of(
                    new Authority(InetAddress.getByName("[" + ipv6 + "]").getHostAddress(), port));
        } catch (UnknownHostException e) {
            return Optional.empty();
        }
    }

    /** Parses a name or an address without a port, in which an IPv6 address needs no brackets. */
    static Optional<Authority> parseHost(String host) {
        return parse(host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host)
                .filter(authority -> authority.port < 0);
    }

    int portOr(int other) {
        return port < 0 ? other : port;
    }
}
