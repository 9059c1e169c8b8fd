package digitstream.cli;

import digitstream.common.Excerpt;
import digitstream.common.Secrets;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * The address of the schema registry. The user and password are taken out of the URLs, so that no message, log line or exception of
 * the registry's client can repeat them.
 *
 * @param urls base URLs, separated by commas, without user information
 * @param user {@code user:password}; empty if the URLs have none
 */
record RegistryUrl(String urls, Optional<String> user) {
    private static final String CREDENTIALS_SOURCE = "basic.auth.credentials.source";
    private static final String USER_INFO = "basic.auth.user.info";

    /** Looser than java.net.URI, which knows no underscore in a host; Docker Compose's names often have one. */
    private static final Pattern URL = Pattern.compile(
            "(https?://)(?:([^/\\s]*)@)?((?:[\\w.~-]+|\\[[0-9a-fA-F:.%]+])(?::([0-9]{1,5}))?(?:/[^\\s@?#]*)?)",
            Pattern.CASE_INSENSITIVE);

    /** A comma may also stand in a password, so only one before a scheme separates. */
    private static final Pattern SEPARATOR = Pattern.compile(",\\s*(?=[a-zA-Z]+://)");

    private static final Pattern PERCENT = Pattern.compile("(?:[^%]|%[0-9a-fA-F]{2})*");
    private static final int MAX_PORT = 65_535;

    /** The text form, which is part of messages. */
    @Override
    public String toString() {
        return urls;
    }

    /** Returns the client's settings with the user and password, unless the settings already have another source of them. */
    Map<String, String> authenticated(Map<String, String> settings) {
        Map<String, String> all = new HashMap<>(settings);
        String source = settings.get(CREDENTIALS_SOURCE);
        if (user.isPresent() && (source == null || source.equalsIgnoreCase("URL"))) {
            all.put(CREDENTIALS_SOURCE, "USER_INFO");
            all.put(USER_INFO, user.get());
        }
        return all;
    }

    /** Parses the value of the option. */
    static final class Converter implements ITypeConverter<RegistryUrl> {
        @Override
        public RegistryUrl convert(String text) {
            List<String> urls = new ArrayList<>();
            Set<String> users = new LinkedHashSet<>();
            for (String part : SEPARATOR.split(text.strip(), -1)) {
                Matcher url = URL.matcher(part.strip());
                if (!url.matches() || (url.group(4) != null && !isPort(Integer.parseInt(url.group(4))))) {
                    throw new TypeConversionException("'" + Excerpt.of(Secrets.masked(text))
                            + "' is not a URL; use http://HOST:PORT or https://HOST:PORT, and percent-encode '/' and '@' in"
                            + " a password");
                }
                urls.add(url.group(1) + url.group(3));
                if (url.group(2) != null) {
                    users.add(decoded(url.group(2)));
                }
            }
            if (users.size() > 1) {
                throw new TypeConversionException(
                        "the URLs have different users or passwords; the client sends the same ones to all");
            }
            return new RegistryUrl(String.join(",", urls), users.stream().findFirst());
        }

        private static boolean isPort(int port) {
            return port >= 1 && port <= MAX_PORT;
        }

        /** Decodes percent-encoded characters. A password with other percent signs was not encoded. */
        private static String decoded(String user) {
            return PERCENT.matcher(user).matches()
                    ? URLDecoder.decode(user.replace("+", "%2B"), StandardCharsets.UTF_8)
                    : user;
        }
    }
}
