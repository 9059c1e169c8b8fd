package digitstream.release;

import digitstream.avro.ModelRelease;
import digitstream.common.Excerpt;
import digitstream.model.ModelArtifact;
import digitstream.model.ModelException;
import digitstream.settings.ModelSettings;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Fetches the artifacts of releases: from a folder, or over HTTP from the places that a setting allows. What comes over HTTP is
 * bounded in size and time, checked against the release's SHA-256 before anything else, and kept on disk, so that a restart needs no
 * server. Thread-safe.
 */
public final class Artifacts {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration FETCH_TIMEOUT = Duration.ofMinutes(5);
    private static final long MAX_CARD_BYTES = 4 << 20;
    private static final int OK = 200;

    private final ModelSettings settings;
    private final Path kept;

    /**
     * Prepares to fetch.
     *
     * @param kept the folder in which fetched artifacts are kept; created when it is needed
     */
    public Artifacts(ModelSettings settings, Path kept) {
        this.settings = settings;
        this.kept = kept;
    }

    /**
     * Fetches the artifact of a release.
     *
     * @throws ModelException if it can't be fetched, is not what the release says, or is not a model; in one line
     */
    public ModelArtifact fetch(ModelRelease release) throws InterruptedException {
        String uri = release.getUri();
        if (uri == null) {
            throw new ModelException("its release does not say where it is; publish it again with"
                    + " `digitstream models publish DIR`");
        }
        ModelArtifact artifact = open(parse(uri), release);
        if (!artifact.card().sha256().equals(release.getSha256())
                || !artifact.card().name().equals(release.getModelName())
                || !artifact.card().version().equals(release.getModelVersion())) {
            throw new ModelException(uri + " has " + artifact.card().name() + " "
                    + artifact.card().version() + " with SHA-256 "
                    + artifact.card().sha256()
                    + ", not the released model with " + release.getSha256() + "; publish it as a new version");
        }
        return artifact;
    }

    private ModelArtifact open(URI uri, ModelRelease release) throws InterruptedException {
        if (!ModelSettings.isWeb(uri)) {
            return ModelArtifact.open(folder(uri));
        }
        // Also allowed for what is kept, so that a place can be forbidden.
        if (!settings.allows(uri)) {
            throw new ModelException("models may not be fetched from " + uri
                    + "; allow it on every serving process with --property models.allowed.uris=" + parentOf(uri));
        }
        // By its sum, so that a version that was published again is another file.
        Path models = kept.resolve(requireSum(release.getSha256()));
        Path version = models.resolve(release.getModelName()).resolve(release.getModelVersion());
        if (Files.isDirectory(version)) {
            return ModelArtifact.open(version);
        }
        return download(uri, release.getSha256(), models);
    }

    /**
     * Downloads an artifact that has no release yet, from any place.
     *
     * @throws ModelException if it can't be fetched or is not a model
     */
    public ModelArtifact download(URI uri) throws InterruptedException {
        HttpClient client = client();
        return ModelArtifact.store(
                kept,
                get(client, uri, "model.json", MAX_CARD_BYTES),
                get(client, uri, "model.pt", settings.maxBytes()));
    }

    private ModelArtifact download(URI uri, String sum, Path models) throws InterruptedException {
        HttpClient client = client();
        byte[] model = get(client, uri, "model.pt", settings.maxBytes());
        String actual = ModelArtifact.sha256(model);
        if (!actual.equals(sum)) {
            throw new ModelException("model.pt at " + uri + " has SHA-256 " + actual + ", and the release says " + sum
                    + "; publish it as a new version");
        }
        return ModelArtifact.store(models, get(client, uri, "model.json", MAX_CARD_BYTES), model);
    }

    private static HttpClient client() {
        // A redirect could lead out of the allowed places.
        return HttpClient.newBuilder()
                .connectTimeout(CONNECT_TIMEOUT)
                .followRedirects(HttpClient.Redirect.NEVER)
                .build();
    }

    private static byte[] get(HttpClient client, URI folder, String file, long maxBytes) throws InterruptedException {
        URI uri = URI.create(folder + (folder.toString().endsWith("/") ? "" : "/") + file);
        HttpRequest request = HttpRequest.newBuilder(uri).timeout(FETCH_TIMEOUT).build();
        var response = client.sendAsync(request, info -> new BoundedBody(maxBytes));
        try {
            HttpResponse<byte[]> answer = response.get(FETCH_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
            if (answer.statusCode() != OK) {
                throw new ModelException(uri + " can't be fetched: the server answers " + answer.statusCode()
                        + (answer.statusCode() / 100 == 3 ? ", a redirect, which is not followed" : ""));
            }
            return answer.body();
        } catch (TimeoutException e) {
            response.cancel(true);
            throw new ModelException(
                    uri + " can't be fetched: it took longer than " + FETCH_TIMEOUT.toMinutes() + " minutes", e);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            if (cause instanceof BoundedBody.TooLargeException) {
                throw new ModelException(
                        uri + " has more than " + maxBytes + " bytes; if it is a model, set models.max.bytes higher",
                        e);
            }
            throw new ModelException(uri + " can't be fetched: " + describe(cause), e);
        }
    }

    private static String describe(Throwable failure) {
        if (failure instanceof java.net.ConnectException) {
            return "the server does not accept the connection";
        }
        if (failure instanceof java.net.http.HttpTimeoutException) {
            return "the server does not answer";
        }
        return failure instanceof IOException && failure.getMessage() != null
                ? Excerpt.of(failure.getMessage())
                : failure.toString();
    }

    /** Parses the URI of a release. */
    static URI parse(String text) {
        try {
            URI uri = new URI(text);
            if ((ModelSettings.isWeb(uri) && uri.getHost() != null) || "file".equalsIgnoreCase(uri.getScheme())) {
                return uri;
            }
        } catch (URISyntaxException e) {
            // Reported below.
        }
        throw new ModelException("'" + Excerpt.of(text) + "' is not the URI of a folder with file:, http: or https:");
    }

    private static Path folder(URI uri) {
        try {
            return Path.of(uri);
        } catch (IllegalArgumentException | FileSystemNotFoundException e) {
            throw new ModelException(
                    "'" + Excerpt.of(uri.toString()) + "' is not the URI of a folder on this machine", e);
        }
    }

    private static String parentOf(URI uri) {
        String text = uri.toString();
        String plain = text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
        return plain.substring(0, plain.lastIndexOf('/') + 1);
    }

    private static String requireSum(String sha256) {
        if (!sha256.matches("[0-9a-f]{64}")) {
            throw new ModelException(
                    "'" + Excerpt.of(sha256) + "' is not a SHA-256 of 64 lowercase hexadecimal digits");
        }
        return sha256;
    }
}
