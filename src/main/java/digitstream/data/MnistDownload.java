package digitstream.data;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.zip.GZIPInputStream;

/**
 * Downloads MNIST into a folder. A file gets its final name only when it is complete and its checksum matches. Interrupted
 * downloads are resumed. A lock file ensures that only one process downloads at a time.
 */
final class MnistDownload {
    /** Public mirrors of the original files. */
    static final List<URI> MIRRORS = List.of(
            URI.create("https://ossci-datasets.s3.amazonaws.com/mnist/"),
            URI.create("https://storage.googleapis.com/cvdf-datasets/mnist/"));

    /** MD5 sums of the uncompressed files, as first published; mirrors have recompressed them. */
    static final Map<String, String> MD5_SUMS = new TreeMap<>(Map.of(
            "train-images-idx3-ubyte.gz", "6bbc9ace898e44ae57da46a324031adb",
            "train-labels-idx1-ubyte.gz", "a25bea736e30d166cdddb491f175f624",
            "t10k-images-idx3-ubyte.gz", "2646ac647ad5339dbf082846283269ea",
            "t10k-labels-idx1-ubyte.gz", "27ae3e4e09519cfbb04c329615203637"));

    private static final int OK = 200;
    private static final int PARTIAL_CONTENT = 206;
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(3);
    private static final Duration RESPONSE_TIMEOUT = Duration.ofSeconds(20);

    private final Path directory;
    private final List<URI> mirrors;
    private final Consumer<String> messages;
    private final HttpClient client;

    /**
     * Creates a download; does no I/O yet.
     *
     * @throws DataException if the environment names something that is no proxy
     */
    MnistDownload(Path directory, List<URI> mirrors, EnvironmentProxies proxies, Consumer<String> messages) {
        this.directory = directory;
        this.mirrors = mirrors;
        this.messages = messages;
        HttpClient.Builder builder =
                HttpClient.newBuilder().connectTimeout(CONNECT_TIMEOUT).followRedirects(HttpClient.Redirect.NORMAL);
        proxies.configure(builder, mirrors).ifPresent(messages);
        this.client = builder.build();
    }

    /** Whether all four files exist; a file is complete when it gets its name. */
    static boolean isComplete(Path directory) {
        return MD5_SUMS.keySet().stream().allMatch(name -> Files.isRegularFile(directory.resolve(name)));
    }

    /**
     * Downloads missing and damaged files.
     *
     * @return false if a file could not be downloaded from any mirror
     * @throws DataException if the folder can't be written to
     */
    boolean run() {
        try {
            Files.createDirectories(directory);
            try (FileChannel channel = FileChannel.open(
                            directory.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    FileLock lock = channel.lock()) {
                for (String name : MD5_SUMS.keySet()) {
                    Path file = directory.resolve(name);
                    if (!(lock.isValid() && Files.isRegularFile(file) && checksumMatches(name, file)) && !fetch(name)) {
                        return false;
                    }
                }
                return true;
            }
        } catch (IOException e) {
            throw new DataException(
                    "MNIST can't be downloaded to " + directory + ": " + e + "; make that folder writable,"
                            + " free disk space, or choose other digits with --data",
                    e);
        }
    }

    private boolean fetch(String name) throws IOException {
        Path part = directory.resolve(name + ".part");
        for (URI mirror : mirrors) {
            try {
                download(mirror.resolve(name), part);
            } catch (FileSystemException e) {
                throw e;
            } catch (IOException e) {
                messages.accept("  " + mirror.getHost() + ": can't download " + name + " (" + reason(e) + ")");
                continue;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
            if (checksumMatches(name, part)) {
                Files.move(
                        part,
                        directory.resolve(name),
                        StandardCopyOption.ATOMIC_MOVE,
                        StandardCopyOption.REPLACE_EXISTING);
                return true;
            }
            messages.accept("  " + mirror.getHost() + ": " + name + " is damaged");
            Files.delete(part);
        }
        return false;
    }

    private void download(URI address, Path part) throws IOException, InterruptedException {
        long have = Files.exists(part) ? Files.size(part) : 0;
        HttpRequest.Builder request = HttpRequest.newBuilder(address).timeout(RESPONSE_TIMEOUT);
        if (have > 0) {
            request.header("Range", "bytes=" + have + "-");
        }
        HttpResponse<InputStream> response = client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
        try (InputStream body = response.body()) {
            boolean resumed = response.statusCode() == PARTIAL_CONTENT;
            if (!resumed && response.statusCode() != OK) {
                // The partial file may already be complete, so the range is empty; the checksum is checked next.
                if (have > 0 && response.statusCode() == 416) {
                    return;
                }
                throw new IOException("HTTP status " + response.statusCode());
            }
            messages.accept(
                    "Downloading " + address + sizeOf(response) + (resumed ? ", resuming at byte " + have : ""));
            try (OutputStream out =
                    resumed ? Files.newOutputStream(part, StandardOpenOption.APPEND) : Files.newOutputStream(part)) {
                copy(body, out, part);
            }
        }
    }

    private static void copy(InputStream in, OutputStream out, Path part) throws IOException {
        byte[] buffer = new byte[1 << 16];
        for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
            try {
                out.write(buffer, 0, read);
            } catch (IOException e) {
                // A fault of the disk, not of the mirror: don't try the next mirror.
                throw new FileSystemException(part.toString(), null, e.getMessage());
            }
        }
    }

    private static String sizeOf(HttpResponse<?> response) {
        return response.headers()
                .firstValue("Content-Length")
                .map(bytes -> " (" + bytes + " bytes)")
                .orElse("");
    }

    private static String reason(IOException e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }

    private static boolean checksumMatches(String name, Path file) throws IOException {
        try {
            MessageDigest digest = MessageDigest.getInstance("MD5");
            try (InputStream in = new GZIPInputStream(Files.newInputStream(file), 1 << 16)) {
                byte[] buffer = new byte[1 << 16];
                for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                    digest.update(buffer, 0, read);
                }
            }
            return HexFormat.of().formatHex(digest.digest()).equals(MD5_SUMS.get(name));
        } catch (FileSystemException e) {
            throw e;
        } catch (IOException truncated) {
            return false;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has MD5", e);
        }
    }
}
