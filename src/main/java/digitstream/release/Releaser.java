package digitstream.release;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** Names who makes a release. */
public final class Releaser {
    private Releaser() {}

    /** Returns the user and the host of this process, like {@code anna@host-1}. */
    public static String name() {
        return System.getProperty("user.name", "unknown") + "@" + host();
    }

    /** Returns the name of this machine or container. */
    public static String host() {
        String named = System.getenv("HOSTNAME");
        try {
            return named == null || named.isBlank() ? InetAddress.getLocalHost().getHostName() : named;
        } catch (UnknownHostException e) {
            return "unknown-host";
        }
    }
}
