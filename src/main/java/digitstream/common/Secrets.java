package digitstream.common;

import java.util.regex.Pattern;

/** Masks passwords in text that people see: error messages, stack traces and logs. */
public final class Secrets {
    private static final String MASK = "***";

    /**
     * The user information of a URL. Extends to the last {@code @} of the URL, because people forget to percent-encode one in a
     * password, but not into the next URL of a comma-separated list. The same pattern masks the log, in log4j2.properties.
     */
    private static final Pattern URL_USER = Pattern.compile("(?<=://)(?:(?!,\\s*\\w+://)[^\\s\"'<>])*@");

    /** {@code user:password@host} without a scheme. */
    private static final Pattern BARE_USER = Pattern.compile("(?<![^\\s\"'(,=])[^\\s\"'/@:,=]+:(?!//)[^\\s\"'@]+@");

    /** A JAAS configuration consists of several words, and the password is one of them. */
    private static final Pattern JAAS = Pattern.compile("(?i)(jaas\\.config\\s*[=:]\\s*).*");

    private static final Pattern SETTING = Pattern.compile(
            "(?i)((?:password|passphrase|secret|user\\.info|token|(?:keystore|ssl)\\.key)\\s*=\\s*)(?:\"[^\"]*\"|'[^']*'|[^\\s\"']+)");

    private Secrets() {}

    /**
     * Returns the text with {@value #MASK} instead of the user and password of URLs, and instead of the values of settings whose
     * names say that they are secret, such as {@code ssl.key.password=...} or {@code basic.auth.user.info=...}.
     */
    public static String masked(String text) {
        String masked = URL_USER.matcher(text).replaceAll(MASK + "@");
        masked = BARE_USER.matcher(masked).replaceAll(MASK + "@");
        masked = JAAS.matcher(masked).replaceAll("$1" + MASK);
        return SETTING.matcher(masked).replaceAll("$1" + MASK);
    }
}
