package digitstream.cli;

import digitstream.common.Excerpt;
import digitstream.dashboard.access.Access;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say who may use a dashboard, and under which address. */
final class AccessOptions {
    private static final Pattern BASE_PATH = Pattern.compile("(?:/(?!\\.{1,2}(?:/|$))[\\w.~-]+)*/?");

    @Option(
            names = "--allowed-host",
            paramLabel = "NAME",
            description = {
                "A further name in the Host header that the dashboard accepts, such as the one of a proxy. May be repeated.",
                "The address that it listens on and loopback are always accepted."
            })
    private List<String> allowedHosts = new ArrayList<>();

    @Option(
            names = "--base-path",
            paramLabel = "/PATH",
            description = "The path of the dashboard behind a proxy that does not strip it (default: none).")
    private @Nullable String basePath;

    @Option(names = "--read-only", description = "Refuse to draw and label digits on the dashboard.")
    private boolean readOnly;

    @Option(
            names = "--auth-file",
            paramLabel = "FILE",
            description = {
                "Require a login of this file to draw and label digits on the dashboard (default: no login).",
                "Each line is 'basic USER:PASSWORD' or 'bearer TOKEN'; lines that start with # are comments."
            })
    private @Nullable Path authFile;

    @Option(
            names = "--auth-all",
            description = "Require the login of --auth-file for everything on the dashboard's port except health.")
    private boolean authAll;

    /** Returns the access that was asked for. */
    Access access() {
        for (String host : allowedHosts) {
            if (!Access.isHost(host)) {
                throw new UsageException("--allowed-host is '" + Excerpt.of(host)
                        + "'; use the name or address of a host, without a scheme, port or wildcard");
            }
        }
        if (authAll && authFile == null) {
            throw new UsageException("--auth-all needs a login; add --auth-file FILE");
        }
        return new Access(
                new HashSet<>(allowedHosts),
                basePath == null ? "" : basePath(basePath),
                readOnly,
                authFile == null ? null : AuthFile.read(authFile),
                authAll);
    }

    private static String basePath(String text) {
        if (text.isEmpty() || !BASE_PATH.matcher(text).matches()) {
            throw new UsageException("--base-path is '" + Excerpt.of(text)
                    + "'; use a path such as /digits, of letters, digits and the characters . _ ~ -");
        }
        return text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
    }

    /** Refuses these options in a command that has no dashboard. */
    void requireNone(String flag) {
        if (!allowedHosts.isEmpty() || basePath != null || readOnly || authFile != null || authAll) {
            throw new UsageException(
                    "--allowed-host, --base-path, --read-only, --auth-file and --auth-all are for the dashboard; add "
                            + flag);
        }
    }
}
