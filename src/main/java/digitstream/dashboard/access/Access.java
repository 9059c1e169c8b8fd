package digitstream.dashboard.access;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who may use a dashboard, and under which address.
 *
 * @param allowedHosts names in the Host header that are accepted besides loopback and the address that the server listens on;
 *     without ports
 * @param basePath path in front of every URL of the server, such as {@code /digits}; empty for none
 * @param readOnly whether drawing and labelling are refused
 * @param credentials what a login must match; null if there is no login
 * @param authenticatesReading whether reading needs a login too; writing always does if there are credentials
 */
public record Access(
        Set<String> allowedHosts,
        String basePath,
        boolean readOnly,
        @Nullable Credentials credentials,
        boolean authenticatesReading) {
    /** No login, and only loopback and the address that the server listens on as its names. */
    public static final Access DEFAULT = new Access(Set.of(), "", false, null, false);

    public Access {
        allowedHosts = Set.copyOf(allowedHosts);
    }

    /** Returns whether the text is the name or the address of a host, without a port. Asks no name server. */
    public static boolean isHost(String text) {
        return Authority.parseHost(text).isPresent();
    }
}
