package digitstream.dashboard.access;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a login must match: users with passwords, and tokens. Keeps digests only. Thread-safe. */
public final class Credentials {
    private static final String BASIC = "Basic ";
    private static final String BEARER = "Bearer ";

    private final List<byte[]> known = new ArrayList<>();
    private final List<String> challenges = new ArrayList<>();

    /**
     * Creates the set.
     *
     * @param passwords by user, for basic authentication
     * @param tokens for bearer authentication
     */
    public Credentials(Map<String, String> passwords, Collection<String> tokens) {
        passwords.forEach((user, password) -> known.add(digest(BASIC, (user + ":" + password).getBytes(UTF_8))));
        tokens.forEach(token -> known.add(digest(BEARER, token.getBytes(UTF_8))));
        if (!passwords.isEmpty()) {
            challenges.add("Basic realm=\"digitstream\", charset=\"UTF-8\"");
        }
        if (!tokens.isEmpty()) {
            challenges.add("Bearer realm=\"digitstream\"");
        }
    }

    /** Values of the header WWW-Authenticate. Browsers ask for user and password if one of them is for basic authentication. */
    List<String> challenges() {
        return challenges;
    }

    /** Returns whether the Authorization header matches. Takes as long for a wrong value as for a right one. */
    boolean accept(@Nullable String authorization) {
        byte[] given = digest(authorization);
        boolean accepted = false;
        for (byte[] digest : known) {
            accepted |= MessageDigest.isEqual(digest, given);
        }
        return accepted;
    }

    private static byte[] digest(@Nullable String authorization) {
        if (authorization != null && authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
            return digest(
                    BEARER, authorization.substring(BEARER.length()).strip().getBytes(UTF_8));
        }
        if (authorization != null && authorization.regionMatches(true, 0, BASIC, 0, BASIC.length())) {
            try {
                return digest(
                        BASIC,
                        Base64.getDecoder()
                                .decode(authorization.substring(BASIC.length()).strip()));
            } catch (IllegalArgumentException notBase64) {
                return digest("", new byte[0]);
            }
        }
        return digest("", new byte[0]);
    }

    private static byte[] digest(String scheme, byte[] secret) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(scheme.getBytes(UTF_8));
            return digest.digest(secret);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
