package digitstream.dashboard.access;

import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The names under which the server is used. A page of another site that lets its own name point to this server (DNS rebinding) sends
 * that name in the Host header, and a page of another site that posts to this server sends its name in the Origin header.
 */
final class AllowedHosts {
    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "::1");
    private static final String HTTP = "http://";
    private static final String HTTPS = "https://";

    private final Set<String> known = new HashSet<>();
    private final Set<String> configured = new HashSet<>();

    /**
     * Creates the set.
     *
     * @param listening name or address that the server listens on
     * @param configured further names, without ports
     */
    AllowedHosts(String listening, Set<String> configured) {
        LOOPBACK.forEach(host -> add(known, host));
        add(known, listening);
        configured.forEach(host -> add(this.configured, host));
        known.addAll(this.configured);
    }

    private static void add(Set<String> hosts, String host) {
        Authority.parseHost(host).map(Authority::host).ifPresent(hosts::add);
    }

    /**
     * Returns whether the Host header names this server.
     *
     * @param local address at which the connection arrived. It may be the host, because a name is what rebinding needs; a server on
     *     all addresses is reached by it, for example by a probe of Kubernetes
     */
    boolean isHost(@Nullable String host, String local) {
        return Optional.ofNullable(host)
                .flatMap(Authority::parse)
                .filter(authority -> known.contains(authority.host())
                        || Authority.parseHost(local).equals(Optional.of(new Authority(authority.host(), -1))))
                .isPresent();
    }

    /**
     * Returns whether the Origin header names a page of this server: the one that the Host header names, or one of a configured name
     * at any port, because a proxy may send another Host.
     *
     * @param host the Host header, which {@link #isHost} has accepted
     */
    boolean isOrigin(String origin, String host) {
        String lower = origin.toLowerCase(Locale.ROOT);
        boolean secure = lower.startsWith(HTTPS);
        if (!secure && !lower.startsWith(HTTP)) {
            return false;
        }
        // A proxy that ends TLS at port 443 sends a Host without a port.
        int port = secure ? 443 : 80;
        Optional<Authority> page = Authority.parse(origin.substring((secure ? HTTPS : HTTP).length()));
        Optional<Authority> server = Authority.parse(host);
        return page.isPresent()
                && server.isPresent()
                && (configured.contains(page.get().host())
                        || (page.get().host().equals(server.get().host())
                                && page.get().portOr(port) == server.get().portOr(port)));
    }
}
