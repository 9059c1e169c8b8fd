package digitstream.data;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.Authenticator;
import java.net.InetSocketAddress;
import java.net.PasswordAuthentication;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.net.http.HttpClient;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Chooses the proxy that the environment names, as curl does: {@code HTTPS_PROXY} or {@code HTTP_PROXY} by the address's scheme, else
 * {@code ALL_PROXY}, each also in lower case, which wins; none for the hosts in {@code NO_PROXY}. Java's own properties, such as
 * {@code https.proxyHost}, come before the environment.
 */
final class EnvironmentProxies extends ProxySelector {
    private static final int HTTP_PORT = 80;
    private static final int HTTPS_PORT = 443;
    private static final int MAX_PORT = 65_535;
    /** Java's name for the schemes with which it does not log in to a proxy for HTTPS; "Basic" is one by default. */
    private static final String DISABLED_SCHEMES = "jdk.http.auth.tunneling.disabledSchemes";

    private final Map<String, String> environment;

    EnvironmentProxies(Map<String, String> environment) {
        this.environment = Map.copyOf(environment);
    }

    /** A proxy from the environment. */
    private record Named(String variable, String host, int port, @Nullable String user, @Nullable String password) {
        /** Without the password, which must not be printed. */
        @Override
        public String toString() {
            return host + ":" + port + " from " + variable;
        }
    }

    /**
     * Makes a client use the proxy for these addresses, and log in to it.
     *
     * @return a line for the log that names the proxy; empty without one
     * @throws DataException if a variable has no address of a proxy, or of a kind that is not supported
     */
    Optional<String> configure(HttpClient.Builder client, List<URI> addresses) {
        client.proxy(this);
        List<Named> used =
                addresses.stream().flatMap(each -> named(each).stream()).toList();
        if (used.stream().anyMatch(each -> each.user() != null) && System.getProperty(DISABLED_SCHEMES) == null) {
            System.setProperty(DISABLED_SCHEMES, "");
        }
        client.authenticator(new Login(used));
        return used.stream().findFirst().map(proxy -> "Using the proxy " + proxy);
    }

    /** The first proxy that is used for the addresses, and its variable, for a message; empty without one. */
    Optional<String> describe(List<URI> addresses) {
        return addresses.stream()
                .flatMap(each -> named(each).stream())
                .findFirst()
                .map(Named::toString);
    }

    @Override
    public List<Proxy> select(URI address) {
        return List.of(named(address)
                .map(proxy ->
                        new Proxy(Proxy.Type.HTTP, InetSocketAddress.createUnresolved(proxy.host(), proxy.port())))
                .orElseGet(() -> fromProperties(address)));
    }

    private static Proxy fromProperties(URI address) {
        ProxySelector javas = ProxySelector.getDefault();
        return javas == null
                ? Proxy.NO_PROXY
                : javas.select(address).stream().findFirst().orElse(Proxy.NO_PROXY);
    }

    @Override
    public void connectFailed(URI address, SocketAddress proxy, IOException e) {
        // The client throws the same exception, and the download reports it.
    }

    private Optional<Named> named(URI address) {
        if (fromProperties(address).type() != Proxy.Type.DIRECT || isExempt(address)) {
            return Optional.empty();
        }
        return Stream.of(address.getScheme() + "_proxy", "all_proxy")
                .flatMap(name -> Stream.of(name, name.toUpperCase(Locale.ROOT)))
                .filter(name -> !environment.getOrDefault(name, "").isBlank())
                .findFirst()
                .map(name -> parse(name, environment.getOrDefault(name, "").strip()));
    }

    private static Named parse(String variable, String text) {
        try {
            URI proxy = new URI(text.contains("://") ? text : "http://" + text);
            if (!"http".equalsIgnoreCase(proxy.getScheme())) {
                throw new DataException(
                        variable + " names a proxy of type " + proxy.getScheme()
                                + "; only http:// proxies are supported. For SOCKS, set DIGITSTREAM_OPTS=-DsocksProxyHost=HOST");
            }
            if (proxy.getHost() == null) {
                throw invalid(variable);
            }
            if (proxy.getPort() == 0 || proxy.getPort() > MAX_PORT) {
                throw new DataException(variable + " has the port " + proxy.getPort() + ", not one from 1 to "
                        + MAX_PORT + "; set it to http://HOST:PORT");
            }
            String[] login = proxy.getRawUserInfo() == null
                    ? new String[0]
                    : proxy.getRawUserInfo().split(":", 2);
            return new Named(
                    variable,
                    proxy.getHost(),
                    proxy.getPort() < 0 ? HTTP_PORT : proxy.getPort(),
                    login.length > 0 ? decoded(login[0]) : null,
                    login.length > 1 ? decoded(login[1]) : null);
        } catch (URISyntaxException e) {
            // Not as the cause: its text is the address with the password.
            throw invalid(variable);
        }
    }

    private static DataException invalid(String variable) {
        return new DataException(variable + " is not the address of a proxy; set it to http://HOST:PORT");
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), UTF_8);
    }

    /** Whether {@code NO_PROXY} lists the host: itself, a domain above it, "*", each with a port or without. */
    private boolean isExempt(URI address) {
        String host = String.valueOf(address.getHost()).toLowerCase(Locale.ROOT);
        int port = address.getPort() >= 0
                ? address.getPort()
                : "https".equals(address.getScheme()) ? HTTPS_PORT : HTTP_PORT;
        String list = environment.getOrDefault("no_proxy", environment.getOrDefault("NO_PROXY", ""));
        return Stream.of(list.toLowerCase(Locale.ROOT).split("[,\\s]+")).anyMatch(entry -> {
            String domain = entry.replaceFirst(":" + port + "$", "").replaceFirst("^\\*?\\.(?=.)", "");
            return entry.equals("*") || (!domain.isEmpty() && (host.equals(domain) || host.endsWith("." + domain)));
        });
    }

    /** Answers a proxy with the name and password from its address. */
    private static final class Login extends Authenticator {
        private final List<Named> proxies;

        Login(List<Named> proxies) {
            this.proxies = proxies;
        }

        @Override
        protected @Nullable PasswordAuthentication getPasswordAuthentication() {
            if (getRequestorType() != RequestorType.PROXY) {
                return null;
            }
            return proxies.stream()
                    .filter(proxy -> proxy.host().equals(getRequestingHost()) && proxy.port() == getRequestingPort())
                    .filter(proxy -> proxy.user() != null)
                    .findFirst()
                    .map(proxy -> new PasswordAuthentication(
                            proxy.user(), (proxy.password() == null ? "" : proxy.password()).toCharArray()))
                    .orElse(null);
        }
    }
}
