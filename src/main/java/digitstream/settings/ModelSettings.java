package digitstream.settings;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Optional;

/**
 * Where released models may be fetched from.
 *
 * @param allowed the http and https URLs below which models may be; none by default
 * @param maxBytes the size of a model.pt that is fetched, at most
 */
public record ModelSettings(List<URI> allowed, long maxBytes) {
    public ModelSettings {
        allowed = allowed.stream()
                .map(uri -> place(uri.toString())
                        .orElseThrow(() -> new IllegalArgumentException(uri + " is not a place for models")))
                .toList();
    }

    /** Parses a URL below which models may be: with http or https and a host, and without user, query and fragment. */
    static Optional<URI> place(String text) {
        try {
            URI uri = new URI(text.endsWith("/") ? text : text + "/").normalize();
            boolean usable = isWeb(uri)
                    && uri.getHost() != null
                    && uri.getUserInfo() == null
                    && uri.getQuery() == null
                    && uri.getFragment() == null;
            return usable ? Optional.of(uri) : Optional.empty();
        } catch (URISyntaxException e) {
            return Optional.empty();
        }
    }

    /** Whether a URI is an http or https URL. */
    public static boolean isWeb(URI uri) {
        return "http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme());
    }

    /** Whether models may be fetched from a URL: it is one of the allowed ones, or below one. */
    public boolean allows(URI uri) {
        URI plain = uri.normalize();
        // A server may decode %2e%2e and go up, after this check.
        String path = plain.getRawPath() == null ? "" : plain.getRawPath();
        return plain.getUserInfo() == null
                && !path.contains("%")
                && !path.contains("/../")
                && allowed.stream().anyMatch(place -> isBelow(plain, path, place));
    }

    private static boolean isBelow(URI uri, String path, URI place) {
        return place.getScheme().equalsIgnoreCase(uri.getScheme())
                && place.getHost().equalsIgnoreCase(uri.getHost())
                && port(place) == port(uri)
                && (path.endsWith("/") ? path : path + "/").startsWith(place.getRawPath());
    }

    private static int port(URI uri) {
        if (uri.getPort() >= 0) {
            return uri.getPort();
        }
        return "https".equalsIgnoreCase(uri.getScheme()) ? 443 : 80;
    }
}
